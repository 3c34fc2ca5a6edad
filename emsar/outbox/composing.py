"""One function a mail: text from ``templates/mails/<name>``, in the recipient's language."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail


def compose(
    template: str, context: Mapping[str, object], *, language: str, **fields: Any
) -> OutboundMail:
    """A mail that is not stored yet, with a Message-ID that never changes again.

    ``fields`` are columns of :class:`OutboundMail`; ``key`` and ``purpose`` and ``to_address`` are
    required, ``mailbox`` defaults to the group's.
    """
    with translation.override(language):
        words = {**context, "site_origin": settings.SITE_ORIGIN, "language": language}
        subject = render_to_string(f"mails/{template}.subject.txt", words)
        body = render_to_string(f"mails/{template}.txt", words)
    return plain(" ".join(subject.split()), body.strip() + "\n", language=language, **fields)


def plain(subject_line: str, body: str, *, language: str, **fields: Any) -> OutboundMail:
    """The same from finished text, such as a reply that a person wrote."""
    number = uuid.uuid4()
    return OutboundMail(
        id=number,
        language=language,
        subject_line=subject_line,
        body=body,
        mailbox=fields.pop("mailbox", None) or registry().mailbox_of("").address,
        message_id=f"<{number}@{settings.PROFILE.main_host}>",
        **fields,
    )
