from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from emsar.site.finished import publish
from emsar.site.languages import active_language
from emsar.site.measured import measured
from emsar.staff.same_origin import read_only
from policies.models import PolicyText, PolicyVersion, State
from policies.versions import in_force, state_of


@read_only
@measured
def current(request: HttpRequest, policy: str) -> HttpResponse:
    """The version in force, chosen by effective date in Asia/Baku (E-0a, E-13b)."""
    found = in_force(policy)
    if found is None:
        raise Http404
    return _article(request, found, "policies/current.html")


@read_only
@measured
def version(request: HttpRequest, policy: str, number: str) -> HttpResponse:
    """One published version; archived ones stay readable (E-13b)."""
    found = PolicyVersion.objects.published().filter(policy=policy, number=number).first()
    if found is None:
        raise Http404
    return _article(request, found, "policies/version.html")


@read_only
@measured
def versions(request: HttpRequest, policy: str) -> HttpResponse:
    """The archive: every version that was ever published, the latest first."""
    published = PolicyVersion.objects.published().filter(policy=policy)
    found = list(published.order_by("-effective_date", "-published_at"))
    if not found:
        raise Http404
    context = {
        "page": {"title": _text(in_force(policy) or found[0]).title},
        "versions": [_row(row) for row in found],
    }
    return publish(render(request, "policies/archive.html", context))


def _row(version: PolicyVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "effective_date": version.effective_date,
        "reason": version.reason,
        "state": state_of(version).value,
        "url": reverse("policies:version", args=[version.policy_id, version.number]),
    }


def _article(request: HttpRequest, version: PolicyVersion, template: str) -> HttpResponse:
    text = _text(version)
    state = state_of(version)
    context = {
        "version": {
            "number": version.number,
            "effective_date": version.effective_date,
            "is_current": state == State.CURRENT,
            "is_upcoming": state == State.UPCOMING,
        },
        # Our own renderer made it from a source without HTML, and the database has frozen it.
        "text": {
            "title": text.title,
            "html": mark_safe(text.html),  # nosec B308 B703
            "sections": text.sections,
        },
        "page": {
            "archive_url": reverse("policies:versions", args=[version.policy_id]),
            "current_url": _current_url(version),
        },
    }
    return publish(render(request, template, context))


def _current_url(version: PolicyVersion) -> str:
    """The page of the version in force; empty while there is none yet."""
    slug = version.policy_id
    return reverse("policies:current", args=[slug]) if in_force(slug) else ""


def _text(version: PolicyVersion) -> PolicyText:
    return version.texts.get(language=active_language())
