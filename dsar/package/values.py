"""One value of a row: as it is, with stable codes, and as a person reads it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consent.models import ConsentEvent
from dsar.package.codes import action_words, case_event_words, field_words
from dsar.package.gathering import Gathered
from dsar.package.words import active, column_title
from emsar.audit.models import AuditEvent
from emsar.datamap.crypto import is_unreadable
from emsar.datamap.declarations import Declaration, declarations
from emsar.entities.businessdays import BAKU
from emsar.entities.registry import registry
from emsar.entities.wording import day_text, moment_text
from emsar.outbox.models import OutboundMail
from emsar.retention.models import LegalHold
from emsar.retention.wording import company_name, covered_by, table_words
from emsar.staff.models import Role
from emsar.subjects.links import masked
from emsar.subjects.models import Objection
from requests_inbox.admin.history import SENTENCES, reason_words
from requests_inbox.models import HistoryEntry

Plain = str | int | bool | list[Any] | dict[str, Any] | None


def plain(row: Any, name: str, found: Gathered) -> Plain:
    """The value with stable codes, for machines; staff are told as role and company."""
    column: Any = row._meta.get_field(name)
    value = getattr(row, name)
    if isinstance(row, AuditEvent) and name == "actor":
        return _staff_codes(value, found)
    if isinstance(row, LegalHold) and name == "target":
        return hold_code(row)
    if _has_links(row, name) and isinstance(value, str):
        return _simple(value if is_unreadable(value) else masked(value))
    if name == "reason" and _is_number(value):
        return _staff_codes(UUID(value), found)
    return _simple(_reference(value) if column.is_relation else value)


def _has_links(row: Any, name: str) -> bool:
    """Whether a link can stand there that still opens the pages of the person."""
    return isinstance(row, OutboundMail) and name == "body"


def _simple(value: Any) -> Plain:
    if isinstance(value, datetime):
        return value.astimezone(BAKU).isoformat()
    if isinstance(value, UUID | date):
        return str(value)
    if is_unreadable(value):
        return None
    return value  # type: ignore[no-any-return]


def _reference(value: Any) -> str | None:
    """A row of ours by the name that stays: its slug, the number of a version."""
    if value is None:
        return None
    return str(getattr(value, "slug", None) or getattr(value, "number", None) or value.pk)


def _staff_codes(actor: UUID | None, found: Gathered) -> Plain:
    user = found.staff.get(actor) if actor else None
    if user is None:
        return {"role": "staff", "company": None} if actor else None
    return {"role": user.role, "company": user.entity_id}


def readable(row: Any, name: str, found: Gathered) -> str:
    """The value in the active language; empty when there is none."""
    value = getattr(row, name)
    if isinstance(row, AuditEvent) and name == "actor":
        return _staff(value, found)
    if isinstance(row, LegalHold) and name == "target":
        return hold_words(row, found)
    if value is None or value in ("", [], {}):
        return ""
    if is_unreadable(value):
        return _("This value cannot be read at the moment; please ask us for it.")
    special = _SPECIAL.get((row._meta.label_lower, name)) or _BY_NAME.get(name)
    if special is not None:
        return special(value, row, found)
    column: Any = row._meta.get_field(name)
    if column.choices:
        return str(getattr(row, f"get_{name}_display")())
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return moment_text(value.astimezone(BAKU))
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, models.Model):
        return _name_of(value)
    return str(value)


def _name_of(row: Any) -> str:
    """A company, a service, a law in the active language; the number of a version."""
    if hasattr(row, "title_en"):
        return str(row.text("title"))
    if hasattr(row, "name_en"):
        return str(row.text("name"))
    return str(_reference(row))


_Reader = Callable[[Any, Any, Gathered], str]


def _staff(actor: UUID | None, found: Gathered) -> str:
    """Who it was: role and company, never a name (E-9c)."""
    if actor is None:
        return _("our system, or you yourself")
    user = found.staff.get(actor)
    if user is None:
        return _("a member of our staff")
    role = str(Role(user.role).label)
    return f"{role}, {company_name(user.entity_id)}" if user.entity_id else role


def _record(value: UUID, row: Any, found: Gathered) -> str:
    """A record by its reference, as far as it is still there."""
    return reference_of(value, found) or str(value)


def reference_of(number: object, found: Gathered) -> str:
    """The reference of a request or a case that is told of; empty for another number."""
    rows = (*found.rows("requests_inbox.consultationrequest"), *found.rows("dsar.case"))
    return next((row.reference for row in rows if row.pk == number), "")


def hold_code(hold: LegalHold) -> str:
    return hold.code or str(hold.target)


def hold_words(hold: LegalHold, found: Gathered) -> str:
    """What a hold keeps, said to the person."""
    if hold.kind == LegalHold.Kind.SUBJECT:
        return _("everything that is held about you")
    if hold.kind == LegalHold.Kind.RECORD:
        number = {"reference": reference_of(hold.target, found) or str(hold.target)[:8]}
        return _("the request %(reference)s and its documents") % number
    if hold.kind == LegalHold.Kind.COMPANY:
        return _("everything of %(company)s") % {"company": company_name(hold.code)}
    return covered_by(hold.code)


def _history(value: str, row: HistoryEntry, found: Gathered) -> str:
    """As staff read it, without names."""
    return _(SENTENCES.get(value, value)) % {"reason": _reason(row.reason, row, found) or "—"}


def _reason(value: str, row: Any, found: Gathered) -> str:
    """A code in words, a day as people write it; a colleague's number is not told."""
    return _staff(UUID(value), found) if _is_number(value) else reason_words(value)


def _is_number(text: object) -> bool:
    """Whether a reason is the number of a colleague, to whom something was given."""
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


def _language(value: str, row: Any, found: Gathered) -> str:
    names = {"az": _("Azerbaijani"), "en": _("English"), "ru": _("Russian")}
    return names.get(value, value)


def _companies(value: list[str], row: Any, found: Gathered) -> str:
    return ", ".join(company_name(slug) for slug in value)


def _company(value: str, row: Any, found: Gathered) -> str:
    return company_name(value) if value else pgettext("company", "none")


def _purposes(value: list[str], row: Any, found: Gathered) -> str:
    known = dict(ConsentEvent.Purpose.choices)
    return "; ".join(str(known.get(code, code)) for code in value)


def _objections(value: list[str], row: Any, found: Gathered) -> str:
    known = dict(Objection.Purpose.choices)
    return "; ".join(str(known.get(code, code)) for code in value)


def _fields(value: list[str], row: Any, found: Gathered) -> str:
    return ", ".join(_field(code) for code in value)


def _field(code: str) -> str:
    """A field by its short name, or as ``app.model.column``."""
    label, _dot, name = code.rpartition(".")
    return _column_of(label, name) if label else field_words(code)


def _column_of(label: str, name: str) -> str:
    """A column as the person knows it; its bare name where the map does not know it."""
    line = next((line for line in declarations() if _is(line, label)), None)
    return column_title(line, name) if line and name in line.columns else field_words(name)


def _law(value: str, row: Any, found: Gathered) -> str:
    try:
        return registry().reference(value).title.get(active())
    except LookupError:
        return value


def _column(value: str, row: Any, found: Gathered) -> str:
    """The column that a correction is about, as the person knows it."""
    return _column_of(row.model, value)


def _is(line: Declaration, label: str) -> bool:
    return line.model._meta.label_lower == label.lower()


def _counts(value: dict[str, int], row: Any, found: Gathered) -> str:
    return ", ".join(f"{table_words(label)}: {number}" for label, number in sorted(value.items()))


# Columns of this name are read in the same way wherever they stand.
_BY_NAME: dict[str, _Reader] = {"language": _language}
_SPECIAL: dict[tuple[str, str], _Reader] = {
    ("audit.auditevent", "action"): lambda value, row, found: action_words(value),
    ("consent.consentevent", "about"): _record,
    ("consent.consentevent", "purposes"): _purposes,
    ("consent.consentevent", "controllers"): _companies,
    ("dsar.caseevent", "event"): lambda value, row, found: case_event_words(value),
    ("dsar.caseevent", "reason"): _reason,
    ("dsar.disclosure", "fields"): _fields,
    ("dsar.disclosure", "legal_reference"): _law,
    ("dsar.proposal", "column"): _column,
    ("dsar.release", "counts"): _counts,
    ("outbox.outboundmail", "body"): lambda value, row, found: masked(value),
    ("requests_inbox.consultationrequest", "objected"): _objections,
    ("requests_inbox.historyentry", "event"): _history,
    ("requests_inbox.historyentry", "reason"): _reason,
    ("requests_inbox.transfer", "from_entity"): _company,
    ("requests_inbox.transfer", "to_entity"): _company,
    ("requests_inbox.transfer", "fields"): _fields,
    ("requests_inbox.transfer", "request"): _record,
    ("subjects.mailedlink", "record"): _record,
}
