"""Two pages beside Django's own: a version as its readers see it, and its publication."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.entities.wording import day_text
from emsar.staff.acting import acting_user
from policies.admin.forms import PublishForm
from policies.drafts import fingerprint
from policies.gate import refusals
from policies.models import PolicyVersion
from policies.preview import previews, previous
from policies.publishing import PublishingRefusedError, publish
from policies.versions import PRIVACY, UNDERTAKING
from policies.wording import term_rows, version_name

FOLDER = "admin/policies/policyversion"


def preview_page(
    request: HttpRequest, site: AdminSite, version: PolicyVersion, language: str
) -> HttpResponse:
    """One article exactly as it is or would be published, and its difference to the one before."""
    found = previews(version)
    if language not in found:
        raise Http404
    context = _context(request, site, version, _("Preview"))
    context |= {"preview": found[language], "languages": sorted(found)}
    return render(request, f"{FOLDER}/preview.html", context)


def publish_page(request: HttpRequest, site: AdminSite, version: PolicyVersion) -> HttpResponse:
    """What the gate says; when it says nothing, the date and what will happen."""
    state = fingerprint(version)
    form = PublishForm(request.POST or None, state=state, initial=_initial(version))
    if request.method == "POST" and form.is_valid() and _published(request, version, form):
        return redirect("admin:policies_policyversion_change", version.pk)
    before = previous(version)
    context = _context(request, site, version, _("Publish"))
    context |= {
        "form": form,
        "state": state,
        "reasons": refusals(version, form.initial["effective"]),
        "before": before,
        "terms": list(term_rows(before.terms if before else {}, version.terms)),
        "changes_consent": version.policy_id == PRIVACY,
        "asks_staff": version.policy_id == UNDERTAKING,
        "languages": sorted(text.language for text in version.texts.all()),
    }
    return render(request, f"{FOLDER}/publish.html", context)


def _published(request: HttpRequest, version: PolicyVersion, form: PublishForm) -> bool:
    """Publish it; what keeps it from that on the chosen day is said beside the form."""
    day = form.cleaned_data["effective"]
    try:
        publish(version, actor=acting_user(request).pk, effective=day)
    except PublishingRefusedError as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return False
    words = {"name": version_name(version), "day": day_text(day)}
    messages.success(request, _("%(name)s is published, effective %(day)s.") % words)
    return True


def _initial(version: PolicyVersion) -> dict[str, Any]:
    """The earliest day that the gate allows, unless the draft names a later one."""
    before = previous(version)
    days = [timezone.localdate(), version.effective_date, before and before.effective_date]
    return {"effective": max(day for day in days if day)}


def _context(
    request: HttpRequest, site: AdminSite, version: PolicyVersion, what: str
) -> dict[str, Any]:
    name = version_name(version)
    return {
        **site.each_context(request),
        "opts": PolicyVersion._meta,
        "version": version,
        "name": name,
        "title": f"{what}: {name}",
    }
