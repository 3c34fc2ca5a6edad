"""The officer's word that a record which nobody answered need not wait (decision E-7.2a)."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.datamap.rules import Rule
from emsar.retention.leaving import waiting_of
from emsar.retention.models import Clearance
from emsar.retention.targets import subject_of
from emsar.staff.models import User


class ClearanceError(Exception):
    """The record cannot be cleared; the text is a sentence for the officer."""


@transaction.atomic
def clear(rule: Rule, row: Any, *, by: User) -> Clearance:
    """Let a record go in the next sweep instead of waiting; it cannot be taken back."""
    if not by.is_dpo:
        raise ClearanceError(_("Only the data protection officer decides this."))
    if not waiting_of(rule, by, timezone.now()).filter(pk=row.pk).exists():
        raise ClearanceError(_("This record does not wait for you, or no longer."))
    day = getattr(row, rule.last_day)
    if Clearance.objects.filter(record=row.pk, last_day=day).exists():
        raise ClearanceError(_("This was decided before."))
    said = {"last_day": day, "by": by.pk, "at": timezone.now()}
    clearance, _is_new = Clearance.objects.update_or_create(record=row.pk, defaults=said)
    detail: dict[str, str | int] = {"rule": rule.name}
    record("retention.clear", actor=by.pk, subject=subject_of(row), obj=row, detail=detail)
    return clearance
