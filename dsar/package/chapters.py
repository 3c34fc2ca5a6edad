"""One table as a chapter to be read: what it is, why, for whom, until when, and its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from dsar.package.gathering import Gathered, Part
from dsar.package.labels import IS_OWN_NUMBER
from dsar.package.values import readable, reference_of
from dsar.package.words import (
    basis_words,
    column_title,
    controller_words,
    kept_words,
    policy_words,
    recipient_words,
    table_title,
    words_of,
)
from emsar.entities.businessdays import BAKU
from emsar.entities.wording import capital, day_text
from emsar.retention.models import LegalHold
from emsar.retention.wording import company_name
from requests_inbox.models import AccountingDocument, ConsultationRequest
from requests_inbox.services.keeping import last_day_of

Pair = tuple[str, str]


@dataclass(frozen=True)
class Card:
    """One row: what it is called, if it has a name, and label and value of what it says."""

    title: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Chapter:
    """``facts`` are label and lines; rows stand in ``cards`` or, short ones, in a list.

    ``left_out`` are rows that stand in the other files alone, because this one would be too long.
    """

    key: str
    title: str
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    headings: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    left_out: int = 0
    count: int = 0


def chapter_of(part: Part, found: Gathered) -> Chapter:
    """The chapter of a table that holds something."""
    whole = Chapter(
        key=part.label.replace(".", "-"),
        title=table_title(part.line),
        facts=tuple(_facts(part)),
        notes=tuple(_notes(part, found)),
        count=len(part.rows),
    )
    known = words_of(part.line)
    if known is None or not known.is_list:
        return replace(whole, cards=tuple(_card(part, row, found) for row in part.rows))
    names = [name for name in _names(part) if name != IS_OWN_NUMBER.get(part.label)]
    return replace(
        whole,
        headings=tuple(column_title(part.line, name) for name in names),
        lines=tuple(tuple(readable(row, name, found) for name in names) for row in part.rows),
    )


def _names(part: Part) -> list[str]:
    """The columns that are told, in the order of our words, the others after them."""
    known = words_of(part.line)
    first = [name for name in (known.columns if known else ()) if name in part.columns]
    return [*first, *(name for name in part.columns if name not in first)]


def _facts(part: Part) -> Iterator[tuple[str, tuple[str, ...]]]:
    line, known = part.line, words_of(part.line)
    if known is not None:
        yield _("Where it comes from"), (str(known.source),)
    yield _("What for"), (str(known.purpose) if known else line.purpose,)
    yield _("Legal basis"), (capital(basis_words(line.basis or "")),)
    yield _("Controllers"), (controller_words(line),)
    recipients = recipient_words(line)
    if recipients:
        yield _("Who else may receive it"), (recipients,)
    policy = policy_words(line.clauses)
    yield _("Kept until when, and why"), (kept_words(line), *([policy] if policy else []))


def _notes(part: Part, found: Gathered) -> Iterator[str]:
    """The words that were agreed to stand once, below the list of who agreed when."""
    if part.label == "consent.consentevent":
        for digest, text in sorted(found.texts.items()):
            yield _("The words under SHA-256 %(digest)s:") % {"digest": digest}
            yield _plain(text.sentence)
    if part.label == "audit.auditevent":
        yield _(
            "Members of our staff are named by role and company. A list in which your record was"
            " one among others is noted as a list, without saying which records stood in it."
        )


def _plain(html: str) -> str:
    """Words of ours without their markup."""
    return unescape(strip_tags(html)).strip()


def _card(part: Part, row: Any, found: Gathered) -> Card:
    title = _title(part, row, found)
    told = ((column_title(part.line, name), readable(row, name, found)) for name in _names(part))
    pairs = (*((label, value) for label, value in told if value), *_more(row, found))
    return Card("" if title == table_title(part.line) else title, pairs)


def _title(part: Part, row: Any, found: Gathered) -> str:
    """By which name a person knows the row: its reference and its day."""
    number = getattr(row, "reference", "") or reference_of(_record_of(row), found)
    moment = next((getattr(row, name, None) for name in ("received_at", "at", "created_at")), None)
    day = day_text(moment.astimezone(BAKU).date()) if isinstance(moment, datetime) else ""
    return ", ".join(word for word in (number, day) if word) or table_title(part.line)


def _record_of(row: Any) -> object:
    for name in ("request_id", "request", "about", "case_id", "file_id"):
        number = getattr(row, name, None)
        if number is not None:
            return number
    return None


def _more(row: Any, found: Gathered) -> Iterator[Pair]:
    """What follows from a row and stands in no column of it."""
    if isinstance(row, ConsultationRequest):
        yield from _about_request(row)
    if isinstance(row, AccountingDocument):
        yield _("Controller"), company_name(row.entity_id)
    if isinstance(row, LegalHold):
        yield _("Legal reference"), row.legal_reference.text("title")


def _about_request(row: ConsultationRequest) -> Iterator[Pair]:
    """Its own basis and its own last day, which a contract changes (E-5b, E-7.2a)."""
    yield _("Legal basis"), capital(basis_words("contract" if row.has_contract else "consent"))
    last = last_day_of(row)
    values = {"event": capital(last.event), "day": day_text(last.base), "term": last.term}
    if last.day is None:
        yield _("Why kept"), _("%(event)s: %(day)s. As long as the contract lasts.") % values
    elif last.term:
        yield _("Why until then"), _("%(event)s: %(day)s. Term: %(term)s.") % values
    else:
        yield _("Why until then"), _("%(event)s: %(day)s.") % values
