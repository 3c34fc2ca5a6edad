"""The contract that came of a request: the basis from then on, and how long it is kept (E-5b)."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.entities.businessdays import BAKU, add_calendar_months
from emsar.staff.models import Role, User
from emsar.subjects.promises import is_deletion_asked
from requests_inbox.models import STOPPED, AccountingDocument, ConsultationRequest, Status
from requests_inbox.moments import EARLIEST, FURTHEST_MONTHS
from requests_inbox.services.errors import RequestStateError
from requests_inbox.services.keeping import keep_documents, last_day_of, stopped_at
from requests_inbox.services.transitions import guard_not_blocked, lock, note_event


@transaction.atomic
def record_contract(
    request: ConsultationRequest, start: date, end: date | None, *, by: User
) -> date | None:
    """Note that a contract was concluded; the last day kept now, None while it is open (E-7.2b).

    Days of Asia/Baku. Raises RequestStateError when there is one already, when no company or
    another one has the request, and for dates that cannot be; BlockedError for a blocked person.
    """
    locked = lock_for(request, by)
    if locked.has_contract:
        raise RequestStateError(_("A contract is recorded on this request already."))
    guard_promise(locked, by)
    check_dates(locked, start, end)
    _store(locked, start, end)
    note_event(locked, "contract_recorded", actor=by.pk, reason=start.isoformat())
    if end is not None:
        note_event(locked, "contract_ended", actor=by.pk, reason=end.isoformat())
    return _noted("request.contract", locked, by)


@transaction.atomic
def end_contract(request: ConsultationRequest, end: date | None, *, by: User) -> date | None:
    """Say when the contract ends or ended; None: it goes on after all. The last day kept now."""
    locked = lock_for(request, by)
    start = start_of(locked)
    check_dates(locked, start, end)
    if end == locked.contract_end:
        return locked.destroy_after
    if locked.contract_end is not None and (end is None or end > locked.contract_end):
        guard_promise(locked, by)
    _store(locked, start, end)
    if end is None:
        note_event(locked, "contract_goes_on", actor=by.pk)
    else:
        note_event(locked, "contract_ended", actor=by.pk, reason=end.isoformat())
    return _noted("request.contract_end", locked, by)


@transaction.atomic
def remove_contract(request: ConsultationRequest, *, by: User) -> date | None:
    """Take back a contract that was recorded by mistake; the usual last day holds again.

    Raises RequestStateError while accounting documents rest on it.
    """
    locked = lock_for(request, by)
    start_of(locked)
    if AccountingDocument.objects.filter(request=locked.pk).exists():
        raise RequestStateError(
            _("Accounting documents rest on this contract. Please take them back first.")
        )
    _store(locked, None, None)
    note_event(locked, "contract_removed", actor=by.pk)
    return _noted("request.contract_remove", locked, by)


def guard_promise(request: ConsultationRequest, by: User) -> None:
    """Raise RequestStateError for company staff once a person wants the request gone.

    After a withdrawal, an objection or a demand for deletion, decided or not, a day is promised
    (E-8f, E-8g, E-7.2e); only the officer may say that the request is kept all the same.
    """
    if not by.is_dpo and _is_to_go(request):
        raise RequestStateError(
            _("The person withdrew, objected or asked for deletion. Please ask the data protection "
              "officer: only they can say that a contract keeps this request.")
        )  # fmt: skip


def _is_to_go(request: ConsultationRequest) -> bool:
    if request.status in STOPPED or request.objected_until is not None:
        return True
    person = request.subject
    person.refresh_from_db(fields=["suspended_at"])
    return person.suspension_covers(request.registered_at) or is_deletion_asked(person.pk)


def lock_for(request: ConsultationRequest, by: User) -> ConsultationRequest:
    """The request, locked, if this colleague may deal with its contract; raises as above.

    A withdrawal does not stand in the way: what is kept for a contract is kept all the same.
    """
    locked = lock(request)
    guard_not_blocked(locked)
    if locked.entity_id is None:
        raise RequestStateError(
            _("No company has this request yet. Please hand it over to the one that has the "
              "contract.")
        )  # fmt: skip
    if by.role != Role.DPO and by.entity_id != locked.entity_id:
        raise RequestStateError(_("Only the company itself can deal with its contract."))
    return locked


def start_of(request: ConsultationRequest) -> date:
    """The day on which the contract began; RequestStateError when none is recorded."""
    if request.contract_start is None:
        raise RequestStateError(_("No contract is recorded on this request."))
    return request.contract_start


def check_dates(request: ConsultationRequest, start: date, end: date | None) -> None:
    """Raise RequestStateError, in words, for dates that a contract of this request cannot have."""
    today = timezone.localdate(timezone=BAKU)
    if start > today:
        raise RequestStateError(_("A contract can be recorded once it has been concluded."))
    if start < EARLIEST.date():
        raise RequestStateError(_("This day lies too far in the past."))
    if end is not None and end < start:
        raise RequestStateError(_("A contract cannot end before it begins."))
    if end is not None and end > add_calendar_months(today, FURTHEST_MONTHS):
        raise RequestStateError(_("This day lies too far in the future."))
    if request.status in STOPPED and start > _day_of_stopping(request):
        if request.status == Status.OBJECTED:
            raise RequestStateError(
                _("The person objected before that day, so this contract is no ground to keep the "
                  "request.")
            )  # fmt: skip
        raise RequestStateError(
            _("The consent was withdrawn before that day, so this contract is no ground to keep "
              "the request.")
        )  # fmt: skip


def _day_of_stopping(request: ConsultationRequest) -> date:
    return timezone.localdate(stopped_at(request), BAKU)


def _store(request: ConsultationRequest, start: date | None, end: date | None) -> None:
    """Write both days with the last day kept that follows, for the documents too."""
    request.contract_start, request.contract_end = start, end
    request.destroy_after = last_day_of(request).day
    ConsultationRequest.objects.filter(pk=request.pk).update(
        contract_start=start, contract_end=end, destroy_after=request.destroy_after
    )
    keep_documents(request)


def _noted(action: str, request: ConsultationRequest, by: User) -> date | None:
    record(action, actor=by.pk, subject=request.subject_id, obj=request)
    return request.destroy_after
