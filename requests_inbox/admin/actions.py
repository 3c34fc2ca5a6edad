"""What is done to several requests of the list at once."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emsar.staff.acting import acting_user
from emsar.staff.models import User
from requests_inbox.models import CloseReason, ConsultationRequest
from requests_inbox.services import handling
from requests_inbox.services.errors import RequestStateError

_Rows = Iterable[ConsultationRequest]
_Do = Callable[[ConsultationRequest, User], object]


@admin.action(description=gettext_lazy("Take: I work on these"), permissions=["change"])
def take(model_admin: Any, request: HttpRequest, rows: _Rows) -> None:
    """Assign the chosen requests to whoever chose them."""
    done = _each(request, rows, lambda row, by: handling.assign(row, by, by=by))
    words = ngettext("%(count)d request is yours.", "%(count)d requests are yours.", done)
    _report(request, words, done)


@admin.action(description=gettext_lazy("Close as spam"), permissions=["change"])
def close_as_spam(model_admin: Any, request: HttpRequest, rows: _Rows) -> HttpResponse | None:
    """Close the chosen requests as spam, once confirmed."""
    return _close(model_admin, request, rows, CloseReason.SPAM)


@admin.action(description=gettext_lazy("Close as duplicate"), permissions=["change"])
def close_as_duplicate(model_admin: Any, request: HttpRequest, rows: _Rows) -> HttpResponse | None:
    """Close the chosen requests as duplicates, once confirmed."""
    return _close(model_admin, request, rows, CloseReason.DUPLICATE)


def _close(
    model_admin: Any, request: HttpRequest, rows: _Rows, reason: CloseReason
) -> HttpResponse | None:
    if request.POST.get("confirmed") != "yes":
        return _ask(model_admin, request, rows, reason)
    done = _each(request, rows, lambda row, by: handling.close(row, reason, by=by))
    words = ngettext("%(count)d request was closed.", "%(count)d requests were closed.", done)
    _report(request, words, done)
    return None


def _each(request: HttpRequest, rows: _Rows, do: _Do) -> int:
    """Do it to each row; the number of times it was possible. What was not is told in words."""
    by, done = acting_user(request), 0
    for row in rows:
        try:
            do(row, by)
            done += 1
        except RequestStateError as problem:
            messages.error(request, f"{row.reference}: {problem}")
    return done


def _report(request: HttpRequest, words: str, done: int) -> None:
    if done:
        messages.success(request, words % {"count": done})


def _ask(model_admin: Any, request: HttpRequest, rows: _Rows, reason: CloseReason) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Close as %(reason)s?") % {"reason": reason.label},
        "opts": model_admin.opts,
        "rows": list(rows),
        "action": request.POST.get("action"),
        "checkbox": ACTION_CHECKBOX_NAME,
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/inbox/close_many.html", context)
