"""The register of what leaves the group (E-6.3, E-6.4): nothing leaves without an entry."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consent.models import ConsentEvent
from dsar.models import Disclosure
from dsar.owning import own_rows
from dsar.services.errors import CaseRefusedError
from dsar.services.messages import guard_officer
from dsar.services.sharing import disclosures_under, is_shared, records_under
from dsar.walk import Held, held_about, numbers_of
from emsar.audit import record
from emsar.datamap.crypto import is_unreadable
from emsar.datamap.declarations import declarations
from emsar.entities.registry import registry
from emsar.staff.models import User
from emsar.subjects.links import masked
from emsar.subjects.models import DataSubject

BY_LAW = (Disclosure.Ground.LAW, Disclosure.Ground.COURT, Disclosure.Ground.AUTHORITY)
MAX_RECIPIENT = 200
MAX_DOCUMENT = 60


def exportable_fields() -> list[str]:
    """What can be disclosed at all, as ``app.model.column``: the exported columns of the map."""
    return [
        f"{line.model._meta.label_lower}.{name}"
        for line in declarations()
        if line.subject
        for name, column in line.personal.items()
        if column.export
    ]


@transaction.atomic
def disclose(
    subject: UUID,
    *,
    recipient: str,
    document: str,
    ground: str,
    fields: Sequence[str],
    by: User,
    legal_reference: str = "",
    consent: UUID | None = None,
    is_secret: bool = False,
    records: Collection[UUID] | None = None,
) -> Disclosure:
    """Enter a disclosure before anything leaves; only what it names can be exported then.

    ``recipient`` names a body, not a person; ``fields`` are names of :func:`exportable_fields`.
    By law, court or authority it needs their document's number and the act in use; by consent an
    event of this person, not withdrawn, and no block (E-8h). ``records`` are those of the person
    where several share an address: requests, and disclosures by their ``uid``; None elsewhere.
    CaseRefusedError says what is missing.
    """
    guard_officer(by)
    if not DataSubject.objects.filter(pk=subject).exists():
        raise CaseRefusedError(_("There is no such person."))
    entry = Disclosure(
        subject=subject,
        recipient=_text(recipient, MAX_RECIPIENT, _("Please say who asked.")),
        document=document.strip(),
        ground=_ground(ground),
        legal_reference=legal_reference,
        consent=consent,
        fields=_fields(fields),
        records=_records(subject, records),
        approver=by.pk,
        is_secret=is_secret,
    )
    _enter(entry)
    return entry


def _enter(entry: Disclosure) -> None:
    """Write an entry whose ground holds, and note it."""
    if entry.ground == Disclosure.Ground.CONSENT:
        _check_consent(entry)
    else:
        _check_law(entry)
    entry.save()
    detail: dict[str, str | int] = {"ground": entry.ground, "fields": len(entry.fields)}
    if entry.records is not None:
        detail["records"] = len(entry.records)
    record(
        "disclosure.enter", actor=entry.approver, subject=entry.subject, obj=entry, detail=detail
    )


def _ground(code: str) -> Disclosure.Ground:
    if code not in Disclosure.Ground.values:
        raise CaseRefusedError(_("Please choose the ground of the disclosure."))
    return Disclosure.Ground(code)


def _text(value: str, limit: int, missing: str) -> str:
    text = " ".join(value.split())
    if not text:
        raise CaseRefusedError(missing)
    if len(text) > limit:
        raise CaseRefusedError(_("Please use at most %(limit)d characters.") % {"limit": limit})
    return text


def _fields(names: Iterable[str]) -> list[str]:
    chosen = list(dict.fromkeys(names))
    if not chosen:
        raise CaseRefusedError(_("Please choose which data are disclosed."))
    if set(chosen) - set(exportable_fields()):
        raise CaseRefusedError(_("These data cannot be disclosed."))
    return chosen


def _records(subject: UUID, chosen: Collection[UUID] | None) -> list[str] | None:
    """The choice as it is stored; None where one name stands under the address."""
    if not is_shared(subject):
        return None
    known = {*records_under(subject).values_list("pk", flat=True)}
    known |= {*disclosures_under(subject).values_list("uid", flat=True)}
    if not chosen or not known.issuperset(chosen):
        raise CaseRefusedError(
            _("Several names stand under this address. Please choose the records of the person.")
        )
    return sorted(str(number) for number in set(chosen))


def _check_law(entry: Disclosure) -> None:
    entry.document = _text(
        entry.document, MAX_DOCUMENT, _("Please give the number of their document.")
    )
    if entry.legal_reference not in {law.slug for law in registry().references}:
        raise CaseRefusedError(_("Please choose the legal act on which this rests."))
    entry.consent = None


def _check_consent(entry: Disclosure) -> None:
    """E-6.4: a consent of this very person that holds, for records that are not blocked."""
    events = ConsentEvent.objects.filter(subject__in=numbers_of(entry.subject))
    given = events.filter(uid=entry.consent, kind=ConsentEvent.Kind.GIVEN).first()
    if given is None or not _is_of_records(given, entry):
        raise CaseRefusedError(_("Without a consent of the person nothing is disclosed."))
    if events.filter(kind=ConsentEvent.Kind.WITHDRAWN, about=given.about).exists():
        raise CaseRefusedError(_("This consent was withdrawn."))
    if DataSubject.objects.filter(pk=entry.subject, blocked_at__isnull=False).exists():
        raise CaseRefusedError(_("The records of this person are blocked."))
    if entry.is_secret:
        raise CaseRefusedError(_("What a consent allows cannot be kept secret from the person."))
    if len(entry.document) > MAX_DOCUMENT:
        limit = {"limit": MAX_DOCUMENT}
        raise CaseRefusedError(_("Please use at most %(limit)d characters.") % limit)


def _is_of_records(given: ConsentEvent, entry: Disclosure) -> bool:
    """Under a shared address only a consent to one of the chosen requests is the person's."""
    return entry.records is None or str(given.about) in entry.records


@transaction.atomic
def export(entry: UUID, *, by: User) -> bytes:
    """What an entry of the register names, and nothing else, as JSON (UTF-8).

    The only way out for the data of a person towards third parties. Raises CaseRefusedError
    without an intact entry, when the ground has fallen away meanwhile, and when another name has
    come under the address since: of whom the officer spoke then, nobody can tell any more.
    """
    guard_officer(by)
    found: Disclosure | None = Disclosure.objects.filter(uid=entry).first()
    if found is None or not found.intact():
        raise CaseRefusedError(_("Nothing leaves without an entry in the register."))
    if found.ground == Disclosure.Ground.CONSENT:
        _check_consent(found)
    tables = {held.label: rows for held in _held(found) if (rows := _rows(held, found))}
    record("disclosure.export", actor=by.pk, subject=found.subject, obj=found)
    content = {"disclosure": str(found.uid), "document": found.document, "data": tables}
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode()


def _held(entry: Disclosure) -> Iterator[Held]:
    """What is held about the person; of a shared address what was chosen, and nothing else."""
    if entry.records is None:
        if is_shared(entry.subject):
            raise CaseRefusedError(
                _("Another name has come under this address since. Please enter the disclosure "
                  "anew and choose the records of the person.")
            )  # fmt: skip
        yield from held_about(entry.subject)
        return
    chosen = {UUID(number) for number in entry.records}
    for held in held_about(entry.subject, chosen):
        yield Held(held.line, own_rows(held, chosen, None))


def _rows(held: Held, entry: Disclosure) -> list[dict[str, Any]]:
    names = [name for name in held.line.personal if f"{held.label}.{name}" in entry.fields]
    rows = (map(_shown, row) for row in _values(held, names))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _shown(value: Any) -> Any:
    """A mail may hold a link that still opens the person's pages: that is for them alone."""
    return masked(value) if isinstance(value, str) and not is_unreadable(value) else value


def _values(held: Held, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return held.rows.values_list(*columns).iterator(chunk_size=500) if columns else iter(())


def told_about(subject: UUID) -> list[Disclosure]:
    """What the person is told of in an access answer: all but what the law forbids to tell."""
    rows = Disclosure.objects.filter(subject__in=numbers_of(subject), is_secret=False)
    return list(rows.order_by("id"))
