"""An act in the words of one language, ready to be set on paper or on a page."""

from collections.abc import Iterator
from dataclasses import dataclass

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from emsar.datamap.terms import Unit
from emsar.entities.profile import Profile
from emsar.entities.registry import registry
from emsar.entities.wording import capital, day_text, moment_text
from emsar.retention.acts.content import Act, Part, Scope
from emsar.retention.acts.words import amount, length
from emsar.retention.models import Sweep
from emsar.retention.wording import covered_by, table_words, trigger_words

DASH = "—"
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Row:
    """One rule of the table; ``tables`` and ``notes`` are a line each."""

    rule: str
    notes: tuple[str, ...]
    records: str
    tables: tuple[str, ...]
    days: str
    copies: tuple[str, ...]


@dataclass(frozen=True)
class Printed:
    """All that stands on the act, in the order in which it stands there."""

    language: str
    brand: str
    title: str
    number: str
    warning: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    table: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    statement: str
    sentences: tuple[str, ...]
    signing: tuple[str, ...]
    signatures: tuple[str, ...]


def printed(act: Act, language: str) -> Printed:
    """The act in one of our languages."""
    profile = registry()
    with override(language):
        return Printed(
            language=language,
            brand=profile.organisation.brand,
            title=_("Act of destruction of personal data"),
            number=act.number,
            warning=_warning(act),
            facts=tuple(_facts(act, profile, language)),
            table=_("What was destroyed"),
            headings=(
                _("What, by which rule and why"),
                _("Records"),
                _("Rows a table"),
                _("Last days kept"),
                _("Copies in mailboxes"),
            ),
            rows=tuple(_row(part) for part in act.parts),
            statement=_("What was done"),
            sentences=tuple(_sentences(act, profile)),
            signing=(_("name and surname"), _("signature"), _("date")),
            signatures=tuple(_signatures(profile, language)),
        )


def _warning(act: Act) -> str:
    """An act about evidence that was changed must not pass for a proof."""
    if not act.changed:
        return ""
    return ngettext(
        "%(n)d line of destruction is not as it was written. Until that is explained this act"
        " proves nothing.",
        "%(n)d lines of destruction are not as they were written. Until that is explained this"
        " act proves nothing.",
        len(act.changed),
    ) % {"n": len(act.changed)}


def _facts(act: Act, profile: Profile, language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    names = [
        _("%(name)s, TIN %(tin)s") % {"name": entity.name.get(language), "tin": entity.tin}
        for entity in profile.entities
    ]
    reasons = [f"{capital(trigger_words(code))} ({code})" for code in act.triggers]
    begins, ends = moment_text(act.begins), moment_text(act.ends)
    yield _("Number"), (act.number,)
    yield _("Controllers"), tuple(names)
    yield _("What it covers"), (_covers(act, language),)
    yield _("Destroyed (Baku time)"), (begins if begins == ends else f"{begins} – {ends}",)
    yield _("Reasons"), tuple(reasons)
    yield _("Records in all"), (amount(act.records),)
    yield _("Lines of destruction"), (amount(act.lines),)
    yield _("Digest of the lines (SHA-256)"), (act.digest,)
    yield _("State as of (Baku time)"), (moment_text(act.as_of),)


def _covers(act: Act, language: str) -> str:
    """A sweep, a case or a month; no record and no person has a name here."""
    if act.scope is Scope.MONTH:
        return capital(format_date(act.begins, "LLLL y", locale=language))
    if act.scope is Scope.CASE:
        return _("one case")
    kinds = dict(Sweep.Kind.choices)
    kind = kinds.get(Sweep.Kind(act.kind)) if act.kind in Sweep.Kind.values else None
    return _("one sweep, %(kind)s") % {"kind": kind} if kind else _("one sweep")


def _row(part: Part) -> Row:
    done = _("fields emptied, rows stay") if part.emptied else _("deleted for good")
    clause = [part.clause] if part.clause else []
    return Row(
        rule=capital(covered_by(part.rule)),
        notes=(", ".join([*clause, trigger_words(part.trigger)]), done),
        records=amount(part.records),
        tables=tuple(f"{table_words(label)}: {amount(n)}" for label, n in part.counts),
        days=_days(part),
        copies=tuple(_copies(part.copies, part.copies_open)),
    )


def _days(part: Part) -> str:
    if part.first_day is None or part.last_day is None:
        return DASH
    # The narrow column breaks between the two days and not within one.
    first, last = (day_text(day).replace(" ", NBSP) for day in (part.first_day, part.last_day))
    return first if first == last else f"{first}{NBSP}– {last}"


def _copies(ordered: int, still_open: int) -> Iterator[str]:
    if not ordered:
        yield DASH
        return
    yield _("ordered: %(n)s") % {"n": amount(ordered)}
    yield _("deleted: %(n)s") % {"n": amount(ordered - still_open)}
    yield _("still open: %(n)s") % {"n": amount(still_open)}


def _sentences(act: Act, profile: Profile) -> Iterator[str]:
    yield _(
        "The records counted above and all rows that belonged to them were deleted for good from"
        " the database."
    )
    if any(part.emptied for part in act.parts):
        yield _("Where fields were emptied, what they held was erased for good and the rows stay.")
    yield _backups(profile)
    if act.copies_open:
        yield _("Deletion of the copies in mailboxes that are still open goes on; see above.")
    yield _(
        "This act names no person. It is made from lines of evidence that are each signed and"
        " chained; its digest shows from which."
    )


def _backups(profile: Profile) -> str:
    term = profile.term("schedule", "backups")
    return _(
        "Backups made before that are deleted within %(term)s; should one be restored earlier,"
        " the erasure ledger repeats this destruction first."
    ) % {"term": length(term.value, Unit(term.unit))}


def _signatures(profile: Profile, language: str) -> Iterator[str]:
    yield _("Data protection officer")
    for entity in profile.entities:
        yield _("Head of %(name)s") % {"name": entity.name.get(language)}
