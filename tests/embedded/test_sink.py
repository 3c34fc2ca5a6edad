"""The mail sink: every mail is one file, complete from the first moment it is seen."""

import smtplib
import stat
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from emsar.embedded import ports
from emsar.embedded.sink import HOST, envelope_headers, smtp_server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def client(folder: Path) -> Iterator[smtplib.SMTP]:
    """A connection to a running sink."""
    port = ports.choose()
    server = smtp_server(folder, port)
    server.start()
    with smtplib.SMTP(HOST, port, timeout=10) as connection:
        yield connection
    server.stop()


def mail(subject: str, text: str = "Salam, dünya!\n.\n") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", subject
    message.set_content(text)
    return message


def read(path: Path) -> EmailMessage:
    return BytesParser(EmailMessage, policy=default).parsebytes(path.read_bytes())


def test_each_mail_is_one_file_in_the_order_of_arrival(client, folder: Path):
    for number in range(3):
        client.send_message(mail(f"Müraciət {number}"))

    files = sorted(folder.iterdir())
    assert [read(path)["Subject"] for path in files] == [f"Müraciət {n}" for n in range(3)]
    assert {path.suffix for path in files} == {".eml"}


def test_the_text_is_kept_as_it_came(client, folder: Path):
    client.send_message(mail("x", "Salam, dünya!\n.\n..\nson\n"))

    (path,) = folder.iterdir()
    assert read(path).get_content().splitlines() == ["Salam, dünya!", ".", "..", "son"]


def test_mails_are_closed_to_other_users(client, folder: Path):
    client.send_message(mail("x"))

    (path,) = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_real_sender_and_recipients_are_noted(client, folder: Path):
    client.send_message(mail("x"), "bounce@example.org", ["b@example.org", "c@example.org"])

    (path,) = folder.iterdir()
    assert read(path)["X-Envelope-From"] == "<bounce@example.org>"
    assert read(path)["X-Envelope-To"] == "b@example.org, c@example.org"


def test_an_address_cannot_begin_a_header_of_its_own():
    envelope = Envelope()
    envelope.mail_from, envelope.rcpt_tos = "a\r\nX-Evil: 1", ["ə@example.org"]

    assert envelope_headers(envelope) == (
        "X-Envelope-From: <aX-Evil: 1>\r\nX-Envelope-To: ə@example.org\r\n".encode()
    )


def test_a_mail_that_cannot_be_stored_is_not_acknowledged(client, folder: Path):
    folder.rmdir()

    with pytest.raises(smtplib.SMTPDataError):
        client.send_message(mail("x"))
