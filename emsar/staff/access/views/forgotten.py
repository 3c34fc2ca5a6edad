"""A forgotten password: a mailed link to a new one. The second factor is asked for all the same."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from emsar.staff.access import inviting
from emsar.staff.access.forms import ChosenPasswordForm, LoginNameForm
from emsar.staff.access.tokens import passwords, reader_of
from emsar.staff.access.views.frame import (
    UNPROCESSABLE,
    behind_token,
    invalid_link,
    outside,
    page,
    to_login,
)
from emsar.staff.limits import is_over_limit


@outside
def forgotten(request: HttpRequest) -> HttpResponse:
    """``/admin/forgotten/``: the answer is the same whether the name exists or not."""
    form = LoginNameForm(request.POST if request.method == "POST" else None)
    title = _("Forgotten password")
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return page(request, "forgotten", title, status, form=form)
    if is_over_limit(request, "forgotten", settings.STAFF_RESET_LIMIT):
        form.add_error(None, _("Too many attempts from your network. Please try again later."))
        return page(request, "forgotten", title, 429, form=form)
    inviting.mail_new_password(form.cleaned_data["username"])
    return page(request, "forgotten_sent", title)


@behind_token
@transaction.atomic
def new_password(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """``/admin/new-password/…``: chosen once; then the usual way in, with both factors."""
    user = reader_of(name, token, passwords)
    if user is None:
        return invalid_link(request)
    form = ChosenPasswordForm(user, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return page(request, "new_password", _("New password"), status, form=form)
    inviting.replace_password(user, form.cleaned_data["password"])
    messages.success(request, _("Your password was changed. Please log in."))
    return to_login()
