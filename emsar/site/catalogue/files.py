"""Reads, merges, writes and compiles the catalogues of ``locale/``."""

import re
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

# Dates and tools would change the file at every run, so that every commit would collide.
NOISE = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|Report-Msgid-Bugs-To'
    r'|Language-Team|Project-Id-Version)[^"]*\\n"\n',
    re.MULTILINE,
)


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def po_path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def forms(text: str | Sequence[str] | None) -> list[str]:
    """An id or a translation as a list: one text, or one a plural form."""
    return [text or ""] if text is None or isinstance(text, str) else list(text)


@cache
def django_headers(language: str) -> dict[str, str]:
    """The headers of Django's own catalogue: our plural forms must be the same as Django's."""
    own = Path(django.__file__).parent / "conf" / "locale" / language / "LC_MESSAGES" / "django.po"
    return {name.lower(): text for name, text in _parsed(own, language).mime_headers}


def _parsed(path: Path, language: str) -> Catalog:
    with path.open("rb") as fileobj:
        return read_po(fileobj, locale=language, charset="utf-8")


def empty_catalogue(language: str) -> Catalog:
    """A catalogue without messages whose plural forms are Django's."""
    catalogue = Catalog(locale=language, charset="utf-8", header_comment="", fuzzy=False)
    plural = django_headers(language)["plural-forms"]
    catalogue.mime_headers = [("Plural-Forms", plural)]
    return catalogue


def read_catalogue(language: str) -> Catalog:
    """The catalogue of ``locale/`` or, when there is none yet, an empty one."""
    path = po_path(language)
    return _parsed(path, language) if path.exists() else empty_catalogue(language)


def merged(language: str, template: Catalog) -> Catalog:
    """The template's messages with the translations that the language has already.

    In English an empty entry is filled with its own id: an entry that is missing would be looked
    up in the default language and print Azerbaijani on an English page.
    """
    old, new = read_catalogue(language), empty_catalogue(language)
    for message in template:
        if message.id:
            new[message.id] = _translated(message, old, language)
    return new


def _translated(message: Message, old: Catalog, language: str) -> Message:
    known = old.get(message.id, message.context)
    string = known.string if known and known.id == message.id else ""
    if language == "en" and not any(forms(string)):
        string = message.id
    kept = known.user_comments if known else []
    fuzzy = ["fuzzy"] if known and known.fuzzy else []
    return Message(
        message.id,
        string,
        message.locations,
        [*message.flags, *fuzzy],
        message.auto_comments,
        kept,
        context=message.context,
    )


def po_text(catalogue: Catalog) -> str:
    """The catalogue as the text of a .po file: sorted, without dates, files without lines."""
    out = BytesIO()
    write_po(out, catalogue, width=0, sort_output=True, include_lineno=False)
    return NOISE.sub("", out.getvalue().decode("utf-8")).lstrip("\n")


def write_catalogue(language: str, catalogue: Catalog) -> bool:
    """Write the .po file; False when it already says the same."""
    path, text = po_path(language), po_text(catalogue)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def is_compiled(language: str) -> bool:
    """Whether the .mo file is there and newer than the .po file; also when there is no .po."""
    source = po_path(language)
    target = source.with_suffix(".mo")
    if not source.exists():
        return True
    return target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns


def compile_catalogue(language: str) -> Path:
    """Write the .mo file beside the .po file, whole or not at all; where it lies."""
    target = po_path(language).with_suffix(".mo")
    unfinished = target.with_suffix(".mo.new")
    with unfinished.open("wb") as fileobj:
        write_mo(fileobj, read_catalogue(language))
    unfinished.replace(target)
    return target
