"""The mail sink: an SMTP server that delivers nothing and keeps every mail as one file."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from emsar.embedded.files import write_atomically
from emsar.embedded.viewer import viewer_server

HOST = "127.0.0.1"
SIZE_LIMIT = 32 * 1024 * 1024


class Store:
    """Handler of aiosmtpd that files each mail under ``folder``; the names sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name is aiosmtpd's
        """Store the mail before saying so: what was acknowledged is on the disk."""
        content = envelope.content
        body = content.encode() if isinstance(content, str) else content or b""
        path = self.folder / self._name(datetime.now(UTC))
        write_atomically(path, envelope_headers(envelope) + body)
        return "250 Kept"

    def _name(self, now: datetime) -> str:
        return f"{now:%Y%m%dT%H%M%S.%fZ}-{next(self.numbers) % 10_000:04}.eml"


def envelope_headers(envelope: Envelope) -> bytes:
    """Who the mail was really from and for, which the mail itself need not say."""
    recipients = ", ".join(plain(address) for address in envelope.rcpt_tos)
    sender = plain(envelope.mail_from or "")
    return f"X-Envelope-From: <{sender}>\r\nX-Envelope-To: {recipients}\r\n".encode()


def plain(address: str) -> str:
    """``address`` without the characters that would begin another header."""
    return "".join(character for character in address if character.isprintable())


def smtp_server(folder: Path, port: int) -> Controller:
    """A server on the loopback address, not started yet. Its mails are closed to other users."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Controller(
        Store(folder),
        hostname=HOST,
        port=port,
        data_size_limit=SIZE_LIMIT,
        enable_SMTPUTF8=True,
    )


def serve(folder: Path, smtp_port: int, viewer_port: int) -> int:
    """Run sink and viewer until SIGTERM."""
    smtp = smtp_server(folder, smtp_port)
    smtp.start()
    with viewer_server(folder, viewer_port) as viewer:
        try:
            viewer.serve_forever()
        finally:
            smtp.stop()
    return 0
