"""Another password, by who is logged in: with the second factor and the old one, few guesses."""

from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from emsar.staff.access import inviting, sessions
from emsar.staff.access.forms import OwnPasswordForm
from emsar.staff.access.stepup import confirmation
from emsar.staff.acting import acting_user

UNPROCESSABLE = 422


def own_password(request: HttpRequest) -> HttpResponse:
    """``/admin/password_change/``: the other logins end with the old one."""
    if (asked := confirmation(request, carries=False)) is not None:
        return asked
    user = acting_user(request)
    form = OwnPasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        inviting.replace_password(
            user, form.cleaned_data["password"], but=sessions.current(request)
        )
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password was changed."))
        return redirect("admin:account")
    context = {**admin.site.each_context(request), "title": _("Change password"), "form": form}
    status = UNPROCESSABLE if form.is_bound else 200
    return TemplateResponse(request, "admin/access/own_password.html", context, status=status)
