"""The invitation: a password, then the second factor, then ten codes on paper."""

import segno
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.entities.registry import registry
from emsar.staff.access import factors, halfway, inviting, lockout, recovery, sessions
from emsar.staff.access.forms import ChosenPasswordForm, CodeForm, KnownPasswordForm
from emsar.staff.access.tokens import invitations, reader_of
from emsar.staff.access.views.frame import (
    UNPROCESSABLE,
    behind_token,
    invalid_link,
    outside,
    page,
    to_login,
)
from emsar.staff.access.waiting import closed_words
from emsar.staff.models import TotpDevice, User


@behind_token
@transaction.atomic
def invitation(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """``/admin/invitation/…``: a password is chosen, or the one that exists is typed.

    Opening the link changes nothing, for scanners of mail open it too.
    """
    user = reader_of(name, token, invitations)
    if user is None:
        return invalid_link(request)
    known = user.has_usable_password()
    data = request.POST if request.method == "POST" else None
    form = KnownPasswordForm(data) if known else ChosenPasswordForm(user, data)
    if form.is_valid() and _passes(request, user, form, known=known):
        halfway.stand(request, user, halfway.ENROL)
        return redirect("admin:second_factor")
    status = UNPROCESSABLE if form.is_bound else 200
    more = {"form": form, "username": user.username, "known": known}
    return page(request, "invitation", _("Welcome"), status, **more)


def _passes(
    request: HttpRequest, user: User, form: KnownPasswordForm | ChosenPasswordForm, *, known: bool
) -> bool:
    if not known:
        inviting.accept(user, form.cleaned_data["password"])
        return True
    attempt = lockout.attempt(*lockout.password_doors(request, user.username))
    if attempt.closed_until is not None:
        form.add_error("password", closed_words(attempt.closed_until))
        return False
    given = form.cleaned_data["password"]
    if authenticate(request, username=user.username, password=given) is not None:
        attempt.succeeded()
        return True
    attempt.failed(user)
    form.add_error("password", _("This is not your password."))
    return False


@outside
def second_factor(request: HttpRequest) -> HttpResponse:
    """``/admin/second-factor/``: the app's first code confirms its secret and logs in."""
    user = halfway.standing(request, halfway.ENROL)
    if user is None:
        return to_login()
    device = factors.begin_enrolment(user)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if factors.confirm(device, form.cleaned_data["code"]):
            return _welcome(request, user)
        form.add_error("code", _("This code is not right. Is the clock of your phone right?"))
    status = UNPROCESSABLE if form.is_bound else 200
    more = {"form": form, "secret": _grouped(device), "picture": _picture(device)}
    return page(request, "second_factor", _("Your second factor"), status, **more)


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    """Logged in; the codes on paper are shown this once."""
    codes = recovery.renew(user)
    halfway.forget(request)
    sessions.begin(request, user)
    record("staff.enrol", actor=user.pk, obj=user)
    inviting.tell_of_factor(user)
    return page(request, "recovery_codes", _("Your recovery codes"), codes=codes)


def _grouped(device: TotpDevice) -> str:
    secret = device.secret or ""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def _picture(device: TotpDevice) -> str:
    """The QR code as SVG; white below it, for an app reads no light code on dark."""
    address = factors.address_for_app(device, registry().organisation.brand)
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(scale=5, border=4, dark="#000", light="#fff"))  # nosec B308 B703
