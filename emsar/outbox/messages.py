"""A stored mail as the message that goes out: plain text, and the same text as quiet HTML."""

from email.header import Header
from email.utils import format_datetime, formataddr

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from emsar.entities.registry import registry
from emsar.outbox.enclosures import enclosure_of
from emsar.outbox.models import OutboundMail, Purpose


def build_message(mail: OutboundMail, backend: BaseEmailBackend) -> EmailMultiAlternatives:
    """The message of a claimed mail; its Message-ID and date are those of the row."""
    body = mail.body or ""
    message = EmailMultiAlternatives(
        subject=_one_header(mail.subject_line or ""),
        body=body,
        from_email=formataddr((registry().organisation.brand, mail.mailbox)),
        to=[mail.to_address or ""],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers=_headers(mail),
        connection=backend,
    )
    message.attach_alternative(_html(mail, body), "text/html")
    enclosed = enclosure_of(mail.enclosure) if mail.enclosure else None
    if enclosed:
        message.attach(enclosed.name, enclosed.html, "text/html")
    return message


def _one_header(subject: str) -> str:
    """Encoded so that its first part fits on the header's own line: some programs show the blank
    of a line that begins below."""
    if subject.isascii():
        return subject
    return Header(subject, "utf-8", header_name="Subject").encode(linesep="")


def _headers(mail: OutboundMail) -> dict[str, str]:
    headers = {
        "Message-ID": mail.message_id,
        "Date": format_datetime(mail.created_at),
        "Content-Language": mail.language,
    }
    if mail.automatic:
        kind = "auto-replied" if mail.purpose == Purpose.ACKNOWLEDGEMENT else "auto-generated"
        headers |= {"Auto-Submitted": kind, "X-Auto-Response-Suppress": "All"}
    return headers


def _html(mail: OutboundMail, body: str) -> str:
    paragraphs = [part.strip("\n") for part in body.split("\n\n") if part.strip()]
    words = {"paragraphs": paragraphs, "language": mail.language, "title": mail.subject_line}
    return render_to_string("mails/frame.html", words)
