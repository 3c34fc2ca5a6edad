"""Retention on the admin's first page: figures for the officer, orders for staff, reminders."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from emsar.entities.wording import capital, day_text
from emsar.retention import holds, reviews
from emsar.retention.figures import totals
from emsar.retention.leaving import today_in_baku
from emsar.retention.models import LegalHold
from emsar.retention.orders import open_orders, orders_for, overdue_orders
from emsar.retention.targets import target_of
from emsar.retention.wording import covered
from emsar.staff.acting import acting_user
from emsar.staff.models import Role
from emsar.staff.panels import Panel

# More lines than that help nobody; the page has all of them.
LINES = 5


def retention_panel(request: HttpRequest) -> Panel | None:
    """What is due, held, waiting and leaving soon; counts only."""
    user = acting_user(request)
    if not user.has_perm("retention.view_rule"):
        return None
    found = totals()
    address = reverse("admin:retention_overview")
    soon = user.has_perm("retention.view_leaving")
    context: dict[str, object] = {
        "totals": found,
        "address": address,
        "leaving": reverse("admin:retention_leaving") if soon else address,
    }
    tone = "warning" if found.waiting and user.is_dpo else "info"
    return Panel(_("Retention"), "admin/retention/panel.html", context, tone)


def orders_panel(request: HttpRequest) -> Panel | None:
    """Copies that are still to be deleted in the mailboxes of whoever looks, if there are any."""
    user = acting_user(request)
    mine = orders_for(user) if user.role != Role.AUDITOR else open_orders()
    count = mine.filter(done_at__isnull=True).count()
    if not count:
        return None
    late = overdue_orders().filter(pk__in=mine.values("pk")).count()
    listed = user.has_perm("retention.view_deletionorder")
    name = "admin:retention_deletionorder_changelist" if listed else "admin:retention_overview"
    context: dict[str, object] = {"count": count, "late": late, "address": reverse(name)}
    tone = "alarm" if late else "warning"
    return Panel(
        _("Copies to delete in mailboxes"), "admin/retention/orders_panel.html", context, tone
    )


def reminders_panel(request: HttpRequest) -> Panel | None:
    """Holds to look at again, and rules whose yearly review is due; for the officer."""
    if not acting_user(request).is_dpo:
        return None
    lines = [*_holds(), *_reviews()]
    if not lines:
        return None
    context: dict[str, object] = {"lines": lines}
    return Panel(
        _("Retention: to be looked at again"), "admin/panels/reminders.html", context, "warning"
    )


def _holds() -> list[tuple[str, str]]:
    found = holds.to_review(today_in_baku()).order_by("review_on")
    return [(_hold_words(hold), _hold_page(hold)) for hold in found[:LINES]]


def _hold_words(hold: LegalHold) -> str:
    words = {"day": day_text(hold.review_on), "what": target_of(hold).name}
    return _("Legal hold to be looked at again since %(day)s: %(what)s") % words


def _hold_page(hold: LegalHold) -> str:
    return reverse("admin:retention_legalhold_change", args=[hold.pk])


def _reviews() -> list[tuple[str, str]]:
    """One line for many, so that they do not push everything else off the page."""
    due = [state.rule for state in reviews.states() if state.is_due]
    if not due:
        return []
    address = reverse("admin:retention_necessityreview_changelist")
    if len(due) == 1:
        return [
            (_("Review of necessity due: %(rule)s") % {"rule": capital(covered(due[0]))}, address)
        ]
    return [(_("Reviews of necessity due: %(count)d") % {"count": len(due)}, address)]
