"""All changes of a request's state go through here: one conditional UPDATE and a dated row."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from emsar.staff import rows
from requests_inbox.models import STOPPED, ConsultationRequest, HistoryEntry, Status
from requests_inbox.services.errors import (
    BlockedError,
    ObjectedError,
    RequestStateError,
    SuspendedError,
)
from requests_inbox.services.keeping import keep_documents, last_day_of


@transaction.atomic
def transition(
    request: ConsultationRequest,
    to: str,
    *,
    event: str,
    actor: UUID | None,
    allowed: Sequence[str],
    reason: str = "",
    even_if_blocked: bool = False,
    **changes: Any,
) -> None:
    """Move a request to a state, if it is in one of ``allowed`` in the database at this moment.

    ``changes`` are columns that move with it; the last day kept is computed anew. Raises
    RequestStateError when somebody was faster, BlockedError for a blocked person (a right of the
    person's own passes: ``even_if_blocked``).
    """
    if not even_if_blocked:
        guard_not_blocked(request)
    before = request.status
    for name, value in {**changes, "status": to}.items():
        setattr(request, name, value)
    request.destroy_after = last_day_of(request).day
    columns = {**changes, "status": to, "destroy_after": request.destroy_after}
    found = ConsultationRequest.objects.filter(pk=request.pk, status=before)
    if before not in allowed or found.update(**columns) != 1:
        raise not_in_state(before)
    if request.has_contract:
        keep_documents(request)
    HistoryEntry.objects.create(
        request=request, actor=actor, event=event, from_status=before, to_status=to, reason=reason
    )


def note_event(
    request: ConsultationRequest, event: str, *, actor: UUID | None, reason: str = ""
) -> None:
    """A dated row for what changes no state."""
    HistoryEntry.objects.create(
        request=request,
        actor=actor,
        event=event,
        from_status=request.status,
        to_status=request.status,
        reason=reason,
    )


def guard_not_blocked(request: ConsultationRequest) -> None:
    """Raise BlockedError while a block covers the request (E-8h)."""
    request.subject.refresh_from_db(fields=["blocked_at"])
    if request.subject.block_covers(request.registered_at):
        raise BlockedError


def not_in_state(status: str) -> RequestStateError:
    """The error for a verb that the request's status does not allow."""
    words = _("This is not possible for a request with the status “%(status)s”, or a colleague "
              "was faster. Please look at the request again.")  # fmt: skip
    return RequestStateError(words % {"status": Status(status).label})


def lock(request: ConsultationRequest) -> ConsultationRequest:
    """The request as it is now, locked until the transaction ends.

    Raises RequestStateError when it has come to another company since ``request`` was read: that
    the reader might see it was decided by the company that it had then (E-2b).
    """
    locked = _locked(request)
    if locked is None:
        raise _out_of_reach(request)
    if locked.entity_id != request.entity_id:
        raise _handed_over()
    return locked


def lock_anywhere(request: ConsultationRequest) -> ConsultationRequest:
    """The same for what nobody decides, such as a mail that has left: whichever company it is."""
    found = _locked(request)
    if found is None:
        raise _no_longer_kept()
    return found


def _locked(request: ConsultationRequest) -> ConsultationRequest | None:
    found = ConsultationRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk)
    return found.select_related("subject", "contact", "version").first()


def _out_of_reach(request: ConsultationRequest) -> RequestStateError:
    """Another company has it, which the database hides from this colleague, or nobody has."""
    with rows.of_request(request.pk):
        is_kept = ConsultationRequest.objects.filter(pk=request.pk).exists()
    return _handed_over() if is_kept else _no_longer_kept()


def _handed_over() -> RequestStateError:
    return RequestStateError(
        _("A colleague was faster: this request has come to another company meanwhile.")
    )


def _no_longer_kept() -> RequestStateError:
    return RequestStateError(_("This request is no longer kept: its last day has passed."))


def guard_in_use(request: ConsultationRequest) -> None:
    """Raise unless the request may be worked on: not blocked, not suspended, and not stopped."""
    guard_not_blocked(request)
    guard_not_suspended(request)
    if request.status in STOPPED:
        raise not_in_state(request.status)


def guard_not_suspended(request: ConsultationRequest) -> None:
    """Raise SuspendedError while an objection to the use of the request is decided (E-8f)."""
    request.subject.refresh_from_db(fields=["suspended_at"])
    if request.subject.suspension_covers(request.registered_at):
        raise SuspendedError


def guard_not_objected(request: ConsultationRequest, purpose: str) -> None:
    """Raise ObjectedError when the person objected to this use of the request (E-8f)."""
    if purpose in request.objected:
        raise ObjectedError(purpose)
