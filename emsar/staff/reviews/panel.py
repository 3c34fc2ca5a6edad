"""The review of security on the first page: red once it is overdue, or was never held."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from emsar.entities.wording import day_text
from emsar.staff.acting import acting_user
from emsar.staff.panels import Panel
from emsar.staff.reviews.clock import ReviewState, state


def reviews_panel(request: HttpRequest) -> Panel | None:
    """For whoever may read the register; nothing while the next one is far."""
    if not acting_user(request).has_perm("staff.view_securityreview"):
        return None
    found = state()
    words = _words(found)
    if not words:
        return None
    address = reverse("admin:staff_securityreview_changelist")
    context: dict[str, object] = {"lines": [(words, address)]}
    tone = "alarm" if found.is_overdue else "warning"
    return Panel(_("Security reviews"), "admin/panels/reminders.html", context, tone)


def _words(found: ReviewState) -> str:
    if found.last is None:
        return _("No security review has been recorded yet.")
    day = {"day": day_text(found.last.next_due)}
    if found.is_overdue:
        return _("The security review was due on %(day)s.") % day
    return _("The next security review is due on %(day)s.") % day if found.is_soon else ""
