"""One function a mail: text from ``templates/mails/<name>``, in the recipient's language."""

import re
import uuid
from collections.abc import Hashable, Mapping
from functools import lru_cache
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
    subject, body = _render(template, context, language)
    return plain(" ".join(subject.split()), body.strip() + "\n", language=language, **fields)


def compose_filled(
    template: str, context: Mapping[str, Hashable], *, language: str, **fields: Any
) -> OutboundMail:
    """The same for mails that a visitor waits for: rendered once, filled in each time.

    Texts of the context are put into places left open by the rendering, so the templates may ask
    whether a text is empty and print it, and nothing else; other values are rendered with.
    """
    texts = {name: value for name, value in context.items() if isinstance(value, str)}
    fixed = tuple((name, value) for name, value in context.items() if name not in texts)
    shape = tuple((name, bool(text)) for name, text in texts.items())
    values = list(texts.values())
    subject, body = (
        _PLACE.sub(lambda place: values[int(place[1])], text)
        for text in _with_places(template, language, shape, fixed)
    )
    return plain(" ".join(subject.split()), body.strip() + "\n", language=language, **fields)


# Characters for private use, which no template and no translation holds.
_PLACE = re.compile("\ue000([0-9]+)\ue001")


@lru_cache(maxsize=256)
def _with_places(
    template: str,
    language: str,
    shape: tuple[tuple[str, bool], ...],
    fixed: tuple[tuple[str, Hashable], ...],
) -> tuple[str, str]:
    places = {
        name: f"\ue000{number}\ue001" if is_filled else ""
        for number, (name, is_filled) in enumerate(shape)
    }
    return _render(template, dict(fixed) | places, language)


def _render(template: str, context: Mapping[str, object], language: str) -> tuple[str, str]:
    """Subject and body in a language."""
    with translation.override(language):
        words = {**context, "site_origin": settings.SITE_ORIGIN, "language": language}
        subject = render_to_string(f"mails/{template}.subject.txt", words)
        return subject, render_to_string(f"mails/{template}.txt", words)


def plain(subject_line: str, body: str, *, language: str, **fields: Any) -> OutboundMail:
    """The same from finished text, such as a reply that a person wrote."""
    number = uuid.uuid4()
    return OutboundMail(
        id=number,
        language=language,
        subject_line=subject_line,
        body=body,
        mailbox=fields.pop("mailbox", None) or registry().default_mailbox.address,
        message_id=f"<{number}@{settings.PROFILE.main_host}>",
        **fields,
    )
