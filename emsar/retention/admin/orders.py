"""Copies in mailboxes that are not connected: what colleagues delete there by hand (E-7.1a)."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from emsar.audit import record
from emsar.retention.admin.frame import ORDERS, cut, frame, let_in
from emsar.retention.models import DeletionOrder
from emsar.retention.orders import PATIENCE, confirm_by_hand, orders_for
from emsar.staff.acting import acting_user
from emsar.staff.viewing import ViewedAdmin

CHOSEN = "orders"
# Of the page: the last ones that were done, to look up what was confirmed.
DONE_SHOWN = 50


@dataclass(frozen=True)
class Line:
    """An order; ``is_late`` is the alarm after three days."""

    order: DeletionOrder
    is_late: bool


@dataclass(frozen=True)
class Box:
    """The open orders for one mailbox, the oldest first."""

    address: str
    lines: list[Line]


@admin.register(DeletionOrder)
class DeletionOrderAdmin(ViewedAdmin):
    """Open orders by mailbox; the list is a form, since several are done at once."""

    audit_name = "deletion_order"
    fields = readonly_fields = (
        *("mailbox", "message_id", "reference", "copied_at", "created_at"),
        *("done_at", "method"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return orders_for(acting_user(request))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(confirm))
        confirming = path("confirm/", view, name="retention_deletionorder_confirm")
        return [confirming, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        let_in(request, ORDERS.right)
        return super().change_view(request, object_id, form_url, extra_context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user = let_in(request, ORDERS.right)
        waiting = orders_for(user).filter(done_at__isnull=True)
        page = cut(waiting.order_by("mailbox", "created_at", "id"), request)
        boxes = by_mailbox(list(page.object_list))
        record("deletion_order.list", actor=user.pk, detail={"rows": len(page.object_list)})
        done = orders_for(user).filter(done_at__isnull=False).order_by("-done_at", "-id")
        context = frame(
            request,
            ORDERS,
            _("Deletion orders"),
            boxes=boxes,
            page=page,
            done=list(done[:DONE_SHOWN]),
            opts=self.opts,
        )
        return TemplateResponse(request, "admin/retention/orders.html", context)


def by_mailbox(orders: list[DeletionOrder]) -> list[Box]:
    """Orders that are sorted by mailbox, a box for each."""
    long_ago = timezone.now() - PATIENCE
    return [
        Box(address, [Line(order, order.created_at < long_ago) for order in found])
        for address, found in groupby(orders, key=lambda order: order.mailbox)
    ]


def confirm(request: HttpRequest) -> HttpResponse:
    """First asks, then notes that the chosen copies were deleted by hand; it stays noted."""
    user = let_in(request, "retention.change_deletionorder")
    keys = [int(key) for key in request.POST.getlist(CHOSEN) if key.isascii() and key.isdigit()]
    # A number beyond the column's would be the database's error, not an order.
    keys = [key for key in keys if key < 2**63]
    mine = orders_for(user).filter(pk__in=keys, done_at__isnull=True)
    found = list(mine.order_by("mailbox", "created_at", "id"))
    if not found:
        messages.warning(request, _("No open order was chosen."))
        return redirect(ORDERS.address)
    if request.POST.get("confirmed") != "yes":
        context = frame(request, ORDERS, _("Deleted by hand?"), boxes=by_mailbox(found))
        context["count"] = len(found)
        return TemplateResponse(request, "admin/retention/orders_confirm.html", context)
    done = confirm_by_hand([order.pk for order in found], by=user)
    words = ngettext(
        "%(count)d copy is noted as deleted.", "%(count)d copies are noted as deleted.", done
    )
    messages.success(request, words % {"count": done})
    return redirect(ORDERS.address)
