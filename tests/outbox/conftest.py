from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from django.core.mail import get_connection

from emsar.outbox import sending
from emsar.outbox.composing import plain
from emsar.outbox.models import OutboundMail, Purpose
from tests.smtp import HOST, MailServer, mail_server

Queue = Callable[..., OutboundMail]


@pytest.fixture
def smtp(settings) -> Iterator[MailServer]:
    """A real mail server, and Django's real backend pointed at it."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, server.port
        yield server


def deliver(mail: OutboundMail) -> bool:
    """One attempt of a worker that has claimed ``mail``."""
    with closing(get_connection()) as backend:
        return sending._deliver(mail, backend)


@pytest.fixture
def queue() -> Queue:
    """Queue a mail; every field can be said."""

    def make(**fields: object) -> OutboundMail:
        number = uuid4()
        given = {
            "subject_line": "Salam",
            "body": "Birinci sətir.\n\nİkinci sətir.\n",
            "language": "az",
            "key": f"test:{number}",
            "purpose": Purpose.REPLY,
            "to_address": f"{number}@example.com",
            "mailbox": "office@example.org",
            "automatic": False,
        }
        mail = plain(**{**given, **fields})
        mail.save(force_insert=True)
        return mail

    return make
