"""The last day kept of a request: facts of the row, terms of its versions (idea 1)."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from emsar.datamap import terms
from policies.versions import term_for
from requests_inbox.clocks import KeptFacts, KeptTerms, LastDay, last_day_kept
from requests_inbox.models import CloseReason, ConsultationRequest, Status

BATCH = 500


def last_day_of(request: ConsultationRequest) -> LastDay:
    """The last day kept, with its explanation."""
    return last_day_kept(facts_of(request), terms_of(request))


def facts_of(request: ConsultationRequest) -> KeptFacts:
    withdrawn = request.status == Status.WITHDRAWN
    return KeptFacts(
        reply_due_at=request.reply_due_at,
        replied_at=request.replied_at,
        closed_at=request.closed_at,
        is_spam_or_duplicate=request.close_reason in {CloseReason.SPAM, CloseReason.DUPLICATE},
        withdrawn_at=_stopped(request) if withdrawn else None,
    )


def _stopped(request: ConsultationRequest) -> datetime:
    """When processing stopped: withdrawal closes the request."""
    return request.closed_at or request.received_at


def terms_of(request: ConsultationRequest) -> KeptTerms:
    """The terms that the request is held to."""
    return KeptTerms(
        months=term_for("consultation_retention", request.version),
        spam_days=terms.value("schedule", "spam"),
        erasure_days=term_for("erasure_deadline", request.version),
        reserve_days=terms.value("schedule", "deletion_reserve"),
    )


def recompute() -> int:
    """Bring the last day kept of every request up to the terms in force, in batches."""
    changed, last = 0, None
    while batch := _next(last):
        last = batch[-1].pk
        changed += sum(_recompute_one(request) for request in batch)
    return changed


def _next(last: Any) -> list[ConsultationRequest]:
    rows = ConsultationRequest.objects.select_related("version").order_by("pk")
    after = rows.filter(pk__gt=last) if last is not None else rows
    # Personal columns stay where they are: dates need none of them.
    return list(after.defer("name", "company", "project", "search_keys")[:BATCH])


def _recompute_one(request: ConsultationRequest) -> int:
    day = last_day_of(request).day
    same = Q(pk=request.pk, status=request.status, replied_at=request.replied_at)
    rows = ConsultationRequest.objects.filter(same).exclude(destroy_after=day)
    return rows.update(destroy_after=day)
