"""A page for a verb that needs more than one field, or a second thought."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise

from emsar.staff.acting import acting_user
from emsar.staff.models import User
from requests_inbox.admin.forms import DeskForm
from requests_inbox.admin.page import address_of, back_to, find_request, frame, is_visible
from requests_inbox.admin.verbs import CONFLICT, UNPROCESSABLE
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.errors import RequestStateError

_Words = str | Promise


class VerbPage:
    """GET shows the form and what will happen; POST does it and goes back to the request."""

    title: ClassVar[_Words]
    button: ClassVar[_Words]
    explanation: ClassVar[_Words]
    form: ClassVar[type[DeskForm]]
    dangerous: ClassVar[bool] = False

    def view(self, model_admin: Any, http: HttpRequest, pk: object) -> HttpResponse:
        item, user = find_request(model_admin, http, pk), acting_user(http)
        if http.method != "POST":
            return self._page(model_admin, http, item, self.form(item, user))
        form = self.form(item, user, http.POST)
        if not form.is_valid():
            return self._page(model_admin, http, item, form, UNPROCESSABLE)
        try:
            done = self.do(item, form.cleaned_data, user)
        except RequestStateError as problem:
            return self._refused(model_admin, http, form, problem)
        messages.success(http, f"{item.reference}: {done}")
        return back_to(model_admin, http, item)

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        """Call the service; what is said when it is done."""
        raise NotImplementedError

    def preview(self, item: ConsultationRequest) -> list[tuple[str, str]]:
        """What is at stake, as terms and values."""
        return []

    def _refused(
        self, model_admin: Any, http: HttpRequest, form: DeskForm, problem: RequestStateError
    ) -> HttpResponse:
        """The page again, saying why, unless the request has gone out of this user's sight."""
        if not is_visible(model_admin, http, form.item):
            messages.error(http, str(problem))
            return back_to(model_admin, http, form.item)
        form.add_error(None, str(problem))
        fresh = find_request(model_admin, http, form.item.pk)
        return self._page(model_admin, http, fresh, form, CONFLICT)

    def _page(
        self,
        model_admin: Any,
        http: HttpRequest,
        item: ConsultationRequest,
        form: DeskForm,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **frame(model_admin, http, item),
            "verb": self,
            "title": self.title,
            "subtitle": item.reference,
            "form": form,
            "preview": self.preview(item),
            "back": address_of(item),
        }
        return TemplateResponse(http, "admin/inbox/verb.html", context, status=status)
