"""The undertaking on the first page: who is missing; and on one's own page: when one accepted."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.undertaking.accepting import accepted_by
from consent.undertaking.pages import OVERSIGHT
from consent.undertaking.people import colleagues
from emsar.entities.wording import moment_text
from emsar.staff.acting import acting_user
from emsar.staff.models import User
from emsar.staff.ownrows import OwnRow
from emsar.staff.panels import Panel
from policies.versions import UNDERTAKING, in_force


def undertaking_panel(request: HttpRequest) -> Panel | None:
    """How many colleagues have not accepted; nothing for an organisation without an undertaking."""
    if not acting_user(request).has_perm(OVERSIGHT) or in_force(UNDERTAKING) is None:
        return None
    missing = sum(not row.holds for row in colleagues())
    words = ngettext(
        "%(count)d colleague has not accepted it yet.",
        "%(count)d colleagues have not accepted it yet.",
        missing,
    )
    line = words % {"count": missing} if missing else _("All colleagues have accepted it.")
    context: dict[str, object] = {"lines": [(line, reverse("admin:undertaking_staff"))]}
    tone = "warning" if missing else "info"
    template = "admin/panels/reminders.html"
    return Panel(_("Confidentiality undertaking"), template, context, tone)


def own_row(user: User) -> OwnRow | None:
    """When one accepted which version, and the way to the receipt; or that one has not yet."""
    if in_force(UNDERTAKING) is None:
        return None
    title, event = _("Confidentiality undertaking"), accepted_by(user.pk)
    if event is None:
        return OwnRow(title, _("not accepted yet"), reverse("admin:undertaking"))
    at = moment_text(timezone.localtime(event.at))
    words = _("version %(number)s, accepted %(at)s") % {"number": event.version, "at": at}
    return OwnRow(title, words, reverse("admin:undertaking_receipt", args=[event.uid]))
