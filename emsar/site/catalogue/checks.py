"""What is wrong with a catalogue, compared with the messages of the source."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from babel.messages.catalog import Catalog, Message

from emsar.site.catalogue.files import django_headers, forms, languages, read_catalogue

PLACEHOLDER = re.compile(r"%%|%\((\w+)\)[sdf]|%[sdf]|\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one catalogue: the language, the message's id and what is wrong."""

    language: str
    message: str
    reason: str

    def __str__(self) -> str:
        return f"{self.language}: {self.reason}: {self.message[:100]!r}"


def placeholders(text: str) -> set[str]:
    """The placeholders of a text, ``%%`` (a percent sign) left out."""
    return {found[0] for found in PLACEHOLDER.finditer(text) if found[0] != "%%"}


def placeholder_faults(language: str, message: Message) -> Iterator[Fault]:
    """Placeholders that a translation lost or invented.

    A plural form may leave out what its singular leaves out ("one file", "%(count)s files").
    """
    ids = forms(message.id)
    wanted = [placeholders(text) for text in ids]
    needed, allowed = set.intersection(*wanted), set.union(*wanted)
    for text in forms(message.string):
        found = placeholders(text)
        if text and not needed <= found <= allowed:
            names = ", ".join(sorted((needed - found) | (found - allowed)))
            yield Fault(language, ids[0], f"wrong placeholders ({names})")


def _name(message: Message) -> str:
    return forms(message.id)[0]


def message_faults(language: str, catalogue: Catalog, message: Message) -> Iterator[Fault]:
    """The faults of one entry that the catalogue has."""
    if message.fuzzy:
        yield Fault(language, _name(message), "fuzzy")
    if not all(forms(message.string)):
        yield Fault(language, _name(message), "untranslated")
    if message.pluralizable and len(forms(message.string)) != catalogue.num_plurals:
        yield Fault(language, _name(message), "wrong number of plural forms")
    yield from placeholder_faults(language, message)


def header_faults(language: str, catalogue: Catalog) -> Iterator[Fault]:
    """Plural forms other than Django's would let Django pick the wrong form."""
    wanted = django_headers(language)["plural-forms"]
    if _plain(catalogue.plural_forms) != _plain(wanted):
        yield Fault(language, catalogue.plural_forms, "plural forms differ from Django's")


def _plain(header: str) -> str:
    return header.replace(" ", "").rstrip(";")


def broken_entries(language: str) -> list[Fault]:
    """What must stop `compile_messages`: a page would fail or print nonsense."""
    catalogue = read_catalogue(language)
    faults = list(header_faults(language, catalogue))
    for message in catalogue:
        if message.id:
            faults += placeholder_faults(language, message)
    return faults


def catalogue_faults(language: str, template: Catalog) -> Iterator[Fault]:
    """Every fault of one language: missing, obsolete, fuzzy, untranslated, wrong placeholders."""
    catalogue = read_catalogue(language)
    yield from header_faults(language, catalogue)
    for message in filter(lambda message: message.id, template):
        known = catalogue.get(message.id, message.context)
        if known is None or known.id != message.id:
            yield Fault(language, _name(message), "missing")
    for message in filter(lambda message: message.id, catalogue):
        yield from message_faults(language, catalogue, message)
        if template.get(message.id, message.context) is None:
            yield Fault(language, _name(message), "obsolete")
    for message in catalogue.obsolete.values():
        yield Fault(language, _name(message), "obsolete")


def all_faults(template: Catalog) -> list[Fault]:
    return [fault for language in languages() for fault in catalogue_faults(language, template)]
