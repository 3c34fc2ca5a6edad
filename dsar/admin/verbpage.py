"""A page for a verb of a case: it says what will happen, does it, and goes back to the case."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dsar.admin.allowed import TITLES, allowed
from dsar.admin.casepage import address_of, case_frame, find_case, show
from dsar.admin.frame import CONFLICT, UNPROCESSABLE
from dsar.admin.stages import staged
from dsar.models import Case
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.staff.acting import acting_user
from emsar.staff.models import User

_Words = str | Promise


class CaseForm(forms.Form):
    """A form about one case, filled in by one officer."""

    def __init__(self, case: Case, user: User, *args: Any, **kwargs: Any) -> None:
        self.case, self.user = case, user
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the case."""


class VerbPage:
    """GET shows the form and what will happen; POST does it and goes back to the case.

    What the state of the case no longer permits is told on the case's own page: another click,
    a colleague or the machine was faster.
    """

    name: ClassVar[str]
    button: ClassVar[_Words]
    explanation: ClassVar[_Words]
    form: ClassVar[type[CaseForm]] = CaseForm
    dangerous: ClassVar[bool] = False
    template: ClassVar[str] = "admin/dsar/verb.html"

    @property
    def title(self) -> _Words:
        return TITLES[self.name]

    def view(self, request: HttpRequest, pk: object) -> HttpResponse:
        case, user = find_case(request, pk), acting_user(request)
        if self.name not in allowed(case, staged(case), user):
            return self._too_late(request, case)
        if request.method != "POST":
            return self._page(request, case, self.form(case, user))
        form = self.form(case, user, request.POST)
        if not form.is_valid():
            return self._page(request, case, form, UNPROCESSABLE)
        try:
            done = self.do(case, form.cleaned_data, user)
        except CaseStateError as problem:
            fresh = find_case(request, pk)
            return show(request, fresh, status=CONFLICT, problem=str(problem))
        except CaseRefusedError as problem:
            form.add_error(None, str(problem))
            return self._page(request, find_case(request, pk), form, CONFLICT)
        messages.success(request, f"{case.reference}: {done}")
        return redirect(address_of(case))

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        """Call the service; what is said when it is done."""
        raise NotImplementedError

    def more(self, case: Case) -> dict[str, Any]:
        """What else the page shows: what is at stake."""
        return {}

    def _too_late(self, request: HttpRequest, case: Case) -> HttpResponse:
        words = _("“%(verb)s” is not possible for this case now.") % {"verb": self.title}
        if request.method != "POST":
            messages.warning(request, words)
            return redirect(address_of(case))
        return show(request, case, status=CONFLICT, problem=words)

    def _page(
        self, request: HttpRequest, case: Case, form: CaseForm, status: int = 200
    ) -> HttpResponse:
        context = case_frame(
            request,
            case,
            self.title,
            subtitle=case.reference,
            verb=self,
            form=form,
            back=address_of(case),
            **self.more(case),
        )
        return TemplateResponse(request, self.template, context, status=status)
