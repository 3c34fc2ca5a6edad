"""The second factor once more before what is dangerous: within ten minutes it is not asked again.

Nothing that was typed is lost: what was posted travels along with the code.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.staff.access import codes, sessions
from emsar.staff.access.forms import CodeForm
from emsar.staff.access.waiting import closed_words
from emsar.staff.acting import acting_user
from emsar.staff.models import StaffSession

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])
# What the page of the code posts beside what was posted before.
ASKED, POSTED = "second_factor_asked", "second_factor_posted"
PREFIX = "second_factor"
OWN_FIELDS = frozenset({ASKED, POSTED, f"{PREFIX}-code", "csrfmiddlewaretoken"})
UNPROCESSABLE = 422


def stepped_up(view: ViewT) -> ViewT:
    """Ask for the second factor before the view, unless it was given a short while ago."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = confirmation(request)
        return view(request, *args, **kwargs) if answer is None else answer

    return asked  # type: ignore[return-value]


def confirmation(request: HttpRequest, *, carries: bool = True) -> HttpResponse | None:
    """The page that asks for the code; None when it was given, and the view may go on.

    Without ``carries`` what was posted is dropped and has to be typed again: passwords stand in no
    page, not even hidden.
    """
    session = sessions.current(request)
    if session is None or ASKED in request.POST:
        return _answered(request, session)
    if is_fresh(session):
        return None
    posted = _posted(request) if carries else None
    return _page(request, CodeForm(prefix=PREFIX), posted=posted)


def is_fresh(session: StaffSession) -> bool:
    """Whether the second factor was given in this login within ``STAFF_STEP_UP_MINUTES``."""
    age = timezone.now() - session.confirmed_at
    return age.total_seconds() < 60 * settings.STAFF_STEP_UP_MINUTES


def _answered(request: HttpRequest, session: StaffSession | None) -> HttpResponse | None:
    form, posted = CodeForm(request.POST, prefix=PREFIX), _posted(request)
    if session is None or not form.is_valid() or not _takes(request, form):
        return _page(request, form, posted=posted, status=UNPROCESSABLE)
    StaffSession.objects.filter(pk=session.pk).update(confirmed_at=timezone.now())
    record("staff.step_up", actor=request.user.pk)
    if POSTED not in request.POST:
        return redirect(request.get_full_path())
    _give_back(request)
    return None


def _takes(request: HttpRequest, form: CodeForm) -> bool:
    try:
        if codes.takes(acting_user(request), form.cleaned_data["code"]):
            return True
        form.add_error("code", _("This code is not right, or it was used already."))
    except codes.TooManyCodesError as problem:
        form.add_error("code", closed_words(problem.until))
    return False


def _posted(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What the view would have got; None where the page was only opened."""
    if request.method != "POST" or (ASKED in request.POST and POSTED not in request.POST):
        return None
    names = [name for name in request.POST if name not in OWN_FIELDS]
    return [(name, str(value)) for name in names for value in request.POST.getlist(name)]


def _give_back(request: HttpRequest) -> None:
    """Let the view see what was posted to it, and nothing of ours."""
    fields = request.POST.copy()
    for name in OWN_FIELDS - {"csrfmiddlewaretoken"}:
        fields.pop(name, None)
    request.POST = fields  # type: ignore[assignment] # which Django's own request allows


def _page(
    request: HttpRequest,
    form: CodeForm,
    *,
    posted: list[tuple[str, str]] | None,
    status: int = 200,
) -> HttpResponse:
    from django.contrib import admin

    context = {
        **admin.site.each_context(request),
        "title": _("Your second factor, please"),
        "form": form,
        "posted": posted,
        "asked": ASKED,
        "posted_mark": POSTED,
        "minutes": settings.STAFF_STEP_UP_MINUTES,
    }
    return TemplateResponse(request, "admin/access/step_up.html", context, status=status)
