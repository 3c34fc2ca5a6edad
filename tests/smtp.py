"""A real mail server for tests: it keeps what it accepts and refuses what it is told to."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from itertools import repeat

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from emsar.embedded.ports import choose

HOST = "127.0.0.1"


class Keeper:
    """Handler of aiosmtpd: what was accepted, and what is answered to the next mails."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.connections = 0
        self.answers: Iterator[str] = iter(())
        self.answer_to: Callable[[str], str] = lambda address: "250 OK"

    async def handle_EHLO(  # noqa: N802 - the names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return answers

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answer_to(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = next(self.answers, "250 Kept")
        if answer.startswith("250"):
            content = bytes(envelope.content or b"")
            self.raw.append(content)
            self.mails.append(BytesParser(EmailMessage, policy=default).parsebytes(content))
        return answer


class MailServer:
    """A server that can be away and come back on the same port."""

    def __init__(self) -> None:
        self.keeper = Keeper()
        self.port = choose()
        self.controller: Controller | None = None

    @property
    def mails(self) -> list[EmailMessage]:
        return self.keeper.mails

    def refuse(self, *answers: str, always: bool = False) -> None:
        """Give these answers to the next mails; with ``always`` the one answer to all."""
        self.keeper.answers = repeat(answers[0]) if always else iter(answers)

    def accept(self) -> None:
        self.keeper.answers = iter(())

    def start(self) -> None:
        self.controller = Controller(self.keeper, hostname=HOST, port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running server, stopped at the end. What it logs of its own is not our application's."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
