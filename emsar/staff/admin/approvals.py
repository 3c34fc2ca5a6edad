"""What waits for an officer's approval: a page and a panel for officers alone (E-9c)."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from emsar.staff.access import approving
from emsar.staff.access.inviting import StaffRefusedError
from emsar.staff.access.overtaken import waiting
from emsar.staff.access.stepup import stepped_up
from emsar.staff.acting import acting_user
from emsar.staff.models import Approval, User
from emsar.staff.pages import register_page
from emsar.staff.panels import Panel, register_panel

SHOWN = 30


class DecisionForm(forms.Form):
    """Yes or no; anything else is neither."""

    answer = forms.ChoiceField(choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))])


def approvals(request: HttpRequest) -> HttpResponse:
    """``/admin/approvals/``: what waits, with the reason given, and what was decided."""
    _officer(request)
    decided = Approval.objects.exclude(decided_at__isnull=True, void_at__isnull=True)
    context = {
        **admin.site.each_context(request),
        "title": _("Approvals"),
        "waiting": waiting().select_related("user", "asked_by"),
        "decided": decided.select_related("user", "asked_by", "decided_by")[:SHOWN],
    }
    return TemplateResponse(request, "admin/access/approvals.html", context)


@require_POST
@stepped_up
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An officer's yes or no."""
    officer = _officer(request)
    form = DecisionForm(request.POST)
    asked = Approval.objects.select_related("user").filter(pk=pk).first()
    if asked is None or not form.is_valid():
        raise Http404
    try:
        approving.decide(asked, officer=officer, agreed=form.cleaned_data["answer"] == "yes")
    except StaffRefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Your decision is recorded and carried out."))
    return redirect("admin:approvals")


def _officer(request: HttpRequest) -> User:
    user = acting_user(request)
    if not user.is_dpo:
        raise PermissionDenied
    return user


def _panel(request: HttpRequest) -> Panel | None:
    user: Any = request.user
    if not isinstance(user, User) or not user.is_dpo:
        return None
    count = waiting().count()
    if not count:
        return None
    return Panel(_("Approvals"), "admin/access/approvals_panel.html", {"count": count}, "warning")


register_page("approvals", "approvals/", approvals)
register_page("decide_approval", "approvals/<uuid:pk>/", decide)
register_panel(_panel)
