"""The words agreed to as a file of their own, for the acknowledgement (E-5a)."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from consent.models import ConsentText
from emsar.outbox.enclosures import Enclosure

KIND = "consent-text"


def code_of(sha256: str) -> str:
    """What a mail names to have the words go with it."""
    return f"{KIND}:{sha256}"


def consent_text(sha256: str) -> Enclosure | None:
    """The stored words under a hash, exactly as they were shown."""
    text = ConsentText.objects.filter(sha256=sha256).first()
    if text is None:
        return None
    # Both parts were rendered by ourselves from a document without HTML.
    words = {"sentence": mark_safe(text.sentence), "details": mark_safe(text.details)}  # nosec B308 B703
    with translation.override(text.language):
        html = render_to_string(
            "consent/enclosure.html",
            words | {"language": text.language, "sha256": text.sha256},
        )
    return Enclosure(f"consent-{text.language}-{sha256[:8]}.html", html)
