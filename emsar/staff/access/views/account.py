"""One's own login: where it is open, the codes on paper, the way out."""

from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from emsar.audit import record
from emsar.staff.access import factors, recovery, sessions
from emsar.staff.access.stepup import stepped_up
from emsar.staff.acting import acting_user
from emsar.staff.models import StaffSession
from emsar.staff.ownrows import own_rows
from emsar.staff.pages import register_page


def account(request: HttpRequest) -> HttpResponse:
    """``/admin/account/``: the open logins, the second factor, the recovery codes left."""
    user = acting_user(request)
    context = {
        **admin.site.each_context(request),
        "title": _("My login"),
        "member": user,
        "logins": sessions.open_of(user),
        "this": sessions.current(request),
        "factor": factors.factor_of(user),
        "codes_left": recovery.left(user),
        "codes_all": recovery.COUNT,
        "rows": own_rows(user),
    }
    return TemplateResponse(request, "admin/access/account.html", context)


@require_POST
def end_login(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of one's own logins, this one included."""
    user = acting_user(request)
    found = StaffSession.objects.filter(pk=pk, user=user).first()
    if found is None:
        raise Http404
    record("staff.end_login", actor=user.pk, obj=found)
    if found == sessions.current(request):
        sessions.leave(request, sessions.End.ENDED)
        return redirect("admin:login")
    sessions.end(found, sessions.End.ENDED)
    messages.success(request, _("That login was ended."))
    return redirect("admin:account")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's logins but this one."""
    user = acting_user(request)
    ended = sessions.end_all(user, sessions.End.ENDED, but=sessions.current(request))
    record("staff.end_logins", actor=user.pk, obj=user, detail={"rows": ended})
    messages.success(request, _("Your other logins were ended."))
    return redirect("admin:account")


@require_POST
@stepped_up
def new_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown this once; the ones before are void."""
    user = acting_user(request)
    codes = recovery.renew(user)
    record("staff.renew_codes", actor=user.pk, obj=user)
    context = {
        **admin.site.each_context(request),
        "title": _("Your recovery codes"),
        "codes": codes,
    }
    return TemplateResponse(request, "admin/access/recovery_codes.html", context)


register_page("account", "account/", account, before_gates=True)
register_page("end_login", "account/logins/<uuid:pk>/end/", end_login, before_gates=True)
register_page("end_others", "account/logins/end-others/", end_others, before_gates=True)
register_page("new_codes", "account/codes/", new_codes, before_gates=True)
