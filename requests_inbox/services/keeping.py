"""The last day kept of a request and its documents: facts of the rows, terms of their versions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from emsar.datamap import terms
from emsar.entities.businessdays import BAKU
from policies.versions import term_for, term_in_force
from requests_inbox.clocks import (
    KeptFacts,
    KeptTerms,
    LastDay,
    document_last_day,
    last_day_kept,
)
from requests_inbox.models import (
    STOPPED,
    AccountingDocument,
    CloseReason,
    ConsultationRequest,
    RequestQuerySet,
    Status,
)

BATCH = 500


def last_day_of(request: ConsultationRequest) -> LastDay:
    """The last day kept, with its explanation."""
    return last_day_kept(facts_of(request), terms_of(request))


def last_day_without_contract(request: ConsultationRequest) -> LastDay:
    """What the last day would be if no contract were recorded."""
    facts = replace(facts_of(request), contract_start=None, contract_end=None)
    return last_day_kept(facts, terms_of(request))


def facts_of(request: ConsultationRequest) -> KeptFacts:
    stopped = stopped_at(request) if request.status in STOPPED else None
    return KeptFacts(
        reply_due_at=request.reply_due_at,
        replied_at=request.replied_at,
        closed_at=request.closed_at,
        is_spam_or_duplicate=request.close_reason in {CloseReason.SPAM, CloseReason.DUPLICATE},
        withdrawn_at=stopped if request.status == Status.WITHDRAWN else None,
        objected_at=stopped if request.status == Status.OBJECTED else None,
        contract_start=request.contract_start,
        contract_end=request.contract_end,
    )


def stopped_at(request: ConsultationRequest) -> datetime:
    """When processing stopped: a withdrawal or an objection closes the request."""
    return request.closed_at or request.received_at


def terms_of(request: ConsultationRequest) -> KeptTerms:
    """The terms that the request is held to."""
    return KeptTerms(
        months=term_for("consultation_retention", request.version),
        spam_days=terms.value("schedule", "spam"),
        erasure_days=term_for("erasure_deadline", request.version),
        reserve_days=terms.value("schedule", "deletion_reserve"),
    )


def keep_documents(request: ConsultationRequest) -> None:
    """Let the documents of a request follow its last day kept, which has just been stored."""
    rows = AccountingDocument.objects.filter(request=request.pk)
    rows.update(**document_days(request.destroy_after))


def document_days(counted_from: date | None) -> dict[str, date | None]:
    """The days of a document whose correspondence ends on a day; None: on none yet (E-7.2c)."""
    years = term_in_force("accounting_retention")
    last = document_last_day(counted_from, years) if counted_from else None
    return {"counted_from": counted_from, "destroy_after": last}


def recompute() -> int:
    """Bring every last day kept up to the facts and the terms in force; rows changed.

    In batches, and only what is wrong is locked.
    """
    return _recompute_requests() + _recompute_documents()


def _recompute_requests() -> int:
    changed, last = 0, None
    while batch := list(_after(_dated(), last)):
        last = batch[-1].pk
        wrong = [row.pk for row in batch if row.destroy_after != last_day_of(row).day]
        changed += _mend_requests(wrong) if wrong else 0
    return changed


def _dated() -> RequestQuerySet:
    """Personal columns stay where they are: dates need none of them."""
    rows = ConsultationRequest.objects.select_related("version").order_by("pk")
    return rows.defer("name", "company", "project", "search_keys")


def _after(rows: Any, last: Any) -> Any:
    return (rows.filter(pk__gt=last) if last is not None else rows)[:BATCH]


@transaction.atomic
def _mend_requests(keys: Sequence[Any]) -> int:
    """Looked at once more under the lock: a reply may have come in between."""
    rows = _dated().filter(pk__in=keys).select_for_update(of=("self",))
    moved = []
    for row in rows:
        day = last_day_of(row).day
        if row.destroy_after != day:
            row.destroy_after = day
            moved.append(row)
    ConsultationRequest.objects.bulk_update(moved, ["destroy_after"])
    for row in moved:
        if row.has_contract:
            keep_documents(row)
    return len(moved)


def _recompute_documents() -> int:
    rows = AccountingDocument.objects.order_by("pk").only("request")
    changed, last = 0, None
    while batch := list(_after(rows, last)):
        last = batch[-1].pk
        changed += _mend_documents(batch)
    return changed


@transaction.atomic
def _mend_documents(batch: Sequence[AccountingDocument]) -> int:
    """Under the locks of their requests, as far as these are still there."""
    found = _dated().filter(pk__in={row.request for row in batch})
    alive = {row.pk: row.destroy_after for row in found.select_for_update(of=("self",))}
    keys = [row.pk for row in batch]
    rows = AccountingDocument.objects.filter(pk__in=keys).defer("title", "text")
    moved = [row for row in rows if _mend_document(row, alive)]
    AccountingDocument.objects.bulk_update(moved, ["counted_from", "destroy_after"])
    return len(moved)


def _mend_document(row: AccountingDocument, alive: dict[Any, date | None]) -> bool:
    """Set the days of a document; whether they were others.

    One whose request went while its contract was open counts from the day this is noticed.
    """
    before = row.counted_from, row.destroy_after
    if row.request in alive:
        counted_from = alive[row.request]
    else:
        counted_from = row.counted_from or timezone.localdate(timezone=BAKU)
    for name, day in document_days(counted_from).items():
        setattr(row, name, day)
    return before != (row.counted_from, row.destroy_after)
