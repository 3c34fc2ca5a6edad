"""Records at any distance from their last day, and colleagues who look at them."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from emsar.entities.businessdays import BAKU
from emsar.entities.models import LegalReference
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail
from emsar.retention.models import DeletionOrder, LegalHold
from emsar.staff.models import Role, User
from requests_inbox.models import ConsultationRequest
from tests.desks import signed_in as signed_in
from tests.factories import make_request, make_user, solutions_user

ROLES = ("dpo", "auditor", "administrator", "entity_staff")


def someone(role: str) -> User:
    return solutions_user() if role == Role.ENTITY_STAFF else make_user(role)


def url(name: str, *args: object) -> str:
    return reverse(f"admin:retention_{name}", args=args)


def today() -> date:
    return timezone.localdate(timezone.now(), BAKU)


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def ends(days: int, *, answered: bool = True, **fields: Any) -> ConsultationRequest:
    """A request whose last day kept lies so many days ahead; closed, or never answered."""
    request = make_request(**fields)
    closed = {"closed_at": timezone.now(), "status": "closed"} if answered else {}
    rows = ConsultationRequest.objects.filter(pk=request.pk)
    rows.update(destroy_after=in_days(days), **closed)
    # A mail that is still to be sent would keep its request.
    OutboundMail.objects.filter(about=request.pk).update(status="sent", sent_at=timezone.now())
    request.refresh_from_db()
    return request


def make_hold(**fields: Any) -> LegalHold:
    defaults = {
        "reason": LegalHold.Reason.COURT,
        "legal_reference": LegalReference.objects.first(),
        "review_on": in_days(90),
    }
    return LegalHold.objects.create(**{**defaults, **fields})


def hold_on(request: ConsultationRequest, **fields: Any) -> LegalHold:
    return make_hold(kind=LegalHold.Kind.RECORD, target=request.pk, **fields)


def make_order(entity: str = "solutions", *, age: int = 0, **fields: Any) -> DeletionOrder:
    """An order for a company's mailbox (``""``: the group's), made so many days ago."""
    return DeletionOrder.objects.create(
        line=uuid4(),
        mailbox=registry().mailbox_of(entity).address,
        message_id=f"<{uuid4()}@example.com>",
        copied_at=datetime(2025, 1, 15, 8, tzinfo=BAKU),
        created_at=timezone.now() - timedelta(days=age),
        **{"reference": "REQ-0001", **fields},
    )


def said(response: Any) -> list[str]:
    """The messages that a page shows."""
    return [str(message) for message in response.context["messages"]]
