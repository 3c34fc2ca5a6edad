"""After the password: the code, and then the login itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from emsar.staff.access import codes, factors, halfway, lockout, sessions
from emsar.staff.access.forms import CodeForm
from emsar.staff.access.views.frame import UNPROCESSABLE, outside, page, to_login
from emsar.staff.access.waiting import closed_words
from emsar.staff.models import User
from emsar.staff.ways import page_of_ours


def first_step_done(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    """The password was right: on to the code."""
    halfway.stand(request, user, halfway.CODE, onward)
    return redirect("admin:login_code")


@outside
def code(request: HttpRequest) -> HttpResponse:
    """``/admin/login/code/``: the second factor; who has none asks for an invitation."""
    user = halfway.standing(request, halfway.CODE)
    if user is None:
        return to_login()
    if factors.factor_of(user) is None:
        return page(request, "no_factor", _("There is no second factor yet"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _takes(user, form):
        return let_in(request, user)
    status = UNPROCESSABLE if form.is_bound else 200
    return page(request, "code", _("Second factor"), status, form=form, username=user.username)


def _takes(user: User, form: CodeForm) -> bool:
    try:
        if codes.takes(user, form.cleaned_data["code"]):
            return True
        form.add_error("code", _("This code is not right, or it was used already."))
    except codes.TooManyCodesError as problem:
        form.add_error("code", closed_words(problem.until))
    return False


def let_in(request: HttpRequest, user: User) -> HttpResponse:
    """Both factors were right: logged in, and on to the page that was asked for."""
    onward = page_of_ours(halfway.onward(request))
    halfway.forget(request)
    lockout.password_doors(request, user.username)[0].open_again()
    sessions.begin(request, user)
    return redirect(onward or reverse("admin:index"))
