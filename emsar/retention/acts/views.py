"""The page of an act in the admin, and the file to print; for the officer and the auditor."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from emsar.audit import record
from emsar.retention.acts.content import Act, NoActError, act_of
from emsar.retention.acts.pdf import pdf
from emsar.retention.acts.printed import printed
from emsar.staff.acting import acting_user
from emsar.staff.models import Role, User

READERS = (Role.DPO, Role.AUDITOR)


@require_safe
def act_page(request: HttpRequest, scope: str, key: str) -> HttpResponse:
    """``?language=az|en|ru`` (else the one of the reader), ``&format=pdf`` for the file.

    404 where nothing was destroyed, and for a language or format that there is not.
    """
    reader = acting_user(request)
    if reader.role not in READERS:
        raise PermissionDenied
    language = request.GET.get("language", get_language() or "")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    try:
        act = act_of(scope, key)
    except NoActError as problem:
        raise Http404 from problem
    return _answer(request, act, language, reader)


def _answer(request: HttpRequest, act: Act, language: str, reader: User) -> HttpResponse:
    match request.GET.get("format", "html"):
        case "html":
            return _preview(request, act, language)
        case "pdf":
            return _download(act, language, reader)
    raise Http404


def _preview(request: HttpRequest, act: Act, language: str) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Act of destruction %(number)s") % {"number": act.number},
        "act": printed(act, language),
        "languages": settings.LANGUAGES,
    }
    return TemplateResponse(request, "admin/retention/act.html", context)


def _download(act: Act, language: str, reader: User) -> HttpResponse:
    """The file; that somebody took it is an audit event."""
    content = pdf(printed(act, language), act.as_of)
    detail = {"scope": act.scope.value, "key": act.key, "language": language, "digest": act.digest}
    record("retention.act", actor=reader.pk, detail=detail)
    name = f"act-{act.number}-{language}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
