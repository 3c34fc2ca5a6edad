"""The whole package to be read: front page, contents, a chapter a table, rights, files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from dsar.models import Kind
from dsar.package.chapters import Card, Chapter, chapter_of
from dsar.package.gathering import Gathered, Part
from dsar.package.labels import TABLES
from dsar.package.words import active, company_words, table_title
from emsar.entities.businessdays import BAKU
from emsar.entities.registry import registry
from emsar.entities.wording import capital, moment_text
from emsar.retention.acts.words import amount

# About fifty pages of paper; who is known by more reads the rest in the other files.
MOST_SIGNS = 150_000


@dataclass(frozen=True)
class Book:
    """All that is read, in one language, in the order in which it stands there."""

    language: str
    brand: str
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    intro: tuple[str, ...]
    contents: str
    chapters: tuple[Chapter, ...]
    empty_title: str
    empty_words: str
    empty: tuple[str, ...]
    rights_title: str
    rights: tuple[str, ...]
    authority: tuple[tuple[str, str], ...]
    files_title: str
    files_words: str
    files: tuple[tuple[str, str], ...]


def book_of(found: Gathered, moment: datetime, files: Mapping[str, str]) -> Book:
    """The book of a package in the language of its case; ``files`` are names and hashes."""
    language = found.case.language
    with override(language):
        held = [part for part in _in_order(found.parts) if part.rows]
        chapters = tuple(chapter_of(part, found) for part in held)
        return Book(
            language=language,
            brand=registry().organisation.brand,
            title=_("Your personal data"),
            subtitle=_("What we hold about you, from where, why, for how long, and who saw it"),
            facts=tuple(_facts(found, moment, chapters)),
            intro=tuple(_intro(found)),
            contents=_("Contents"),
            chapters=chapters,
            empty_title=_("Where we looked and found nothing"),
            empty_words=_("Nothing about you stands in these:"),
            empty=tuple(table_title(part.line) for part in _in_order(found.parts) if not part.rows),
            rights_title=_("Your rights, and how to complain"),
            rights=tuple(_rights()),
            authority=tuple(_authority()),
            files_title=_("The files of this package"),
            files_words=_(
                "With these numbers anybody can check that a file is as it was handed out. Those"
                " of this page and of the printed copy stand in the file SHA256SUMS."
            ),
            files=tuple(sorted(files.items())),
        )


def _in_order(parts: list[Part]) -> list[Part]:
    """As a person wants to read them; tables that have no words yet come last."""
    order = {label: number for number, label in enumerate(TABLES)}
    return sorted(parts, key=lambda part: order.get(part.label, len(order)))


def _facts(
    found: Gathered, moment: datetime, chapters: tuple[Chapter, ...]
) -> Iterator[tuple[str, str]]:
    rows = sum(chapter.count for chapter in chapters)
    yield _("For the request"), found.case.reference
    yield _("What was asked for"), capital(str(Kind(found.case.kind).label))
    yield _("Received"), moment_text(found.case.received_at.astimezone(BAKU))
    yield _("Made (Baku time)"), moment_text(moment.astimezone(BAKU))
    yield _("Controllers"), "\n".join(company_words())
    yield (
        _("What is in it"),
        _("%(rows)s rows of %(tables)s kinds")
        % {
            "rows": amount(rows),
            "tables": amount(len(chapters)),
        },
    )


def _intro(found: Gathered) -> Iterator[str]:
    yield _(
        "This package holds everything that both companies hold about you, internal notes of our"
        " staff included. It was made at the moment when you fetched it, and we keep no copy of it."
    )
    if found.chosen is not None:
        yield _(
            "More than one name stands under your address. So this package holds only the records"
            " that our data protection officer found to be yours."
        )
    yield _(
        "Keep it in a safe place: whoever has it can read it. If something in it is wrong, you can"
        " ask us to correct it."
    )


def _rights() -> Iterator[str]:
    organisation = registry().organisation
    yield _(
        "You can ask for information, for a copy, for correction, deletion or blocking, object to a"
        " use, withdraw your consent, and ask where data come from and by which right we hold them."
    )
    values = {
        "address": f"https://{organisation.main_host}",
        "email": organisation.inquiry_email,
        "subject": organisation.inquiry_subject.get(active()),
    }
    yield (
        _(
            "Use the page “My data” on %(address)s, or write to %(email)s with the subject"
            " “%(subject)s”."
        )
        % values
    )
    yield _("If you think that we do not respect your rights, you can complain to this authority:")


def _authority() -> Iterator[tuple[str, str]]:
    """The authority with every address that the registry has of it (E-8i, E-14a)."""
    found = registry().authority
    yield _("Authority"), found.name.get(active())
    yield _("Service"), found.service.get(active())
    yield from (
        (label, value)
        for label, value in (
            (_("Website"), found.website),
            (_("Email"), found.email),
            (_("Phone"), found.phone),
        )
        if value
    )


def shortened(book: Book, most: int = MOST_SIGNS) -> Book:
    """The same with no more signs in its rows than can be set on paper in a moment."""
    chapters, left = [], most
    for chapter in book.chapters:
        kept, left = _cut(chapter, left)
        chapters.append(kept)
    return replace(book, chapters=tuple(chapters))


def _cut(chapter: Chapter, left: int) -> tuple[Chapter, int]:
    cards: list[Card] = []
    lines: list[tuple[str, ...]] = []
    for card in chapter.cards:
        left -= sum(len(label) + len(value) for label, value in card.pairs)
        if left > 0:
            cards.append(card)
    for line in chapter.lines:
        left -= sum(map(len, line))
        if left > 0:
            lines.append(line)
    out = chapter.count - len(cards) - len(lines)
    return replace(chapter, cards=tuple(cards), lines=tuple(lines), left_out=out), max(left, 0)


def left_out_words(number: int) -> str:
    """How many rows a shortened chapter does not show."""
    return ngettext(
        "%(n)s more row stands in the other files.",
        "%(n)s more rows stand in the other files.",
        number,
    ) % {"n": amount(number)}
