"""What the DPO is reminded of on the first page of the admin."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.entities.reminders import reminders
from emsar.staff.models import User
from emsar.staff.panels import Panel
from policies.integrity import differs_from_registry
from policies.models import PolicyVersion, State
from policies.versions import state_of
from policies.wording import version_name

TEMPLATE = "admin/panels/reminders.html"


def _is_dpo(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_dpo


def drafts(request: HttpRequest) -> Panel | None:
    """Each draft that waits for the DPO's decision, until it is published (E-7.1a)."""
    if not _is_dpo(request):
        return None
    waiting = PolicyVersion.objects.filter(published_at__isnull=True).order_by("policy", "id")
    lines = [
        (_("%(name)s waits to be published. %(reason)s") % _words(draft), _url(draft))
        for draft in waiting
    ]
    return _panel(_("Drafts of the policies"), lines)


def registry(request: HttpRequest) -> Panel | None:
    """Published texts that would read differently today: they need a new version (idea 2)."""
    if not _is_dpo(request):
        return None
    found = (row for row in PolicyVersion.objects.published().order_by("policy", "id"))
    stale = [row for row in found if _is_read(row) and differs_from_registry(row)]
    text = _("%(name)s prints facts that have changed since: a new version is needed.")
    lines = [(text % _words(version), _url(version)) for version in stale]
    return _panel(_("The registry has changed"), lines)


def registers(request: HttpRequest) -> Panel | None:
    """What the registers ask for: registration, reviews, contracts, days of the calendar."""
    if not _is_dpo(request):
        return None
    lines = [
        (reminder.text, reverse(f"admin:entities_{reminder.model}_changelist"))
        for reminder in reminders(timezone.localdate())
    ]
    return _panel(_("Registers"), lines)


def _is_read(version: PolicyVersion) -> bool:
    return state_of(version) in {State.CURRENT, State.UPCOMING}


def _panel(title: str, lines: list[tuple[str, str]]) -> Panel | None:
    return Panel(title, TEMPLATE, {"lines": lines}, tone="warning") if lines else None


def _words(version: PolicyVersion) -> dict[str, str]:
    return {"name": version_name(version), "reason": version.reason}


def _url(version: PolicyVersion) -> str:
    return reverse("admin:policies_policyversion_change", args=[version.pk])
