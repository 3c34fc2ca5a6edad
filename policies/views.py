from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from emsar.site.finished import publish
from emsar.site.languages import active_language
from policies.models import PolicyText, PolicyVersion


@require_safe
def current(request: HttpRequest, policy: str) -> HttpResponse:
    """The version in force, chosen by effective date in Asia/Baku (E-0a, E-13b)."""
    found = PolicyVersion.objects.in_force(policy, timezone.localdate())
    if found is None:
        raise Http404
    return _article(request, found, "policies/current.html")


@require_safe
def version(request: HttpRequest, policy: str, number: str) -> HttpResponse:
    """One published version; archived ones stay readable (E-13b)."""
    found = PolicyVersion.objects.published().filter(policy=policy, number=number).first()
    if found is None:
        raise Http404
    return _article(request, found, "policies/version.html")


@require_safe
def versions(request: HttpRequest, policy: str) -> HttpResponse:
    """The archive: every version that was ever published."""
    found = list(PolicyVersion.objects.published().filter(policy=policy).order_by("-id"))
    if not found:
        raise Http404
    in_force = PolicyVersion.objects.in_force(policy, timezone.localdate())
    newest = _text(in_force or found[0])
    context = {
        "page": {"title": newest.title},
        "versions": [_row(row, in_force) for row in found],
    }
    return publish(render(request, "policies/archive.html", context))


def _row(version: PolicyVersion, in_force: PolicyVersion | None) -> dict[str, Any]:
    return {
        "number": version.number,
        "effective_date": version.effective_date,
        "reason": version.reason,
        "state": _state(version, in_force),
        "url": reverse("policies:version", args=[version.policy_id, version.number]),
    }


def _state(version: PolicyVersion, in_force: PolicyVersion | None) -> str:
    if version == in_force:
        return "current"
    day = version.effective_date
    return "upcoming" if day and day > timezone.localdate() else "past"


def _article(request: HttpRequest, version: PolicyVersion, template: str) -> HttpResponse:
    text = _text(version)
    in_force = PolicyVersion.objects.in_force(version.policy_id, timezone.localdate())
    state = _state(version, in_force)
    context = {
        "version": {
            "number": version.number,
            "effective_date": version.effective_date,
            "is_current": state == "current",
            "is_upcoming": state == "upcoming",
        },
        # Our own renderer made it from a source without HTML, and the database has frozen it.
        "text": {
            "title": text.title,
            "html": mark_safe(text.html),
            "sections": text.sections,
        },
        "page": {
            "archive_url": reverse("policies:versions", args=[version.policy_id]),
            "current_url": reverse("policies:current", args=[version.policy_id]),
        },
    }
    return publish(render(request, template, context))


def _text(version: PolicyVersion) -> PolicyText:
    return version.texts.get(language=active_language())
