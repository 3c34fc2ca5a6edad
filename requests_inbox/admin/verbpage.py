"""A page for a verb that needs more than one field, or a second thought."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from emsar.staff import verbpage
from emsar.staff.models import User
from emsar.staff.verbpage import VerbForm, Visit
from requests_inbox.admin.page import address_of, back_to, find_request, frame, is_visible
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.errors import RequestStateError

_Visit = Visit[ConsultationRequest]


class VerbPage(verbpage.VerbPage[ConsultationRequest]):
    """A verb of a request, with what is at stake as terms and values."""

    template = "admin/inbox/verb.html"
    refusals: ClassVar[tuple[type[Exception], ...]] = (RequestStateError,)

    def find(self, model_admin: Any, request: HttpRequest, key: object) -> ConsultationRequest:
        return find_request(model_admin, request, key)

    def address(self, thing: ConsultationRequest) -> str:
        return address_of(thing)

    def frame(self, visit: _Visit) -> dict[str, Any]:
        return frame(visit.model_admin, visit.request, visit.thing)

    @abstractmethod
    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        """Call the service; what is said when it is done."""

    def preview(self, item: ConsultationRequest) -> list[tuple[str, str]]:
        """What is at stake, as terms and values."""
        return []

    def more(self, thing: ConsultationRequest) -> dict[str, Any]:
        return {"preview": self.preview(thing)}

    def back(self, visit: _Visit) -> HttpResponse:
        return back_to(visit.model_admin, visit.request, visit.thing)

    def refused(
        self, visit: _Visit, form: VerbForm[ConsultationRequest], problem: Exception
    ) -> HttpResponse:
        """The page again, saying why, unless the request has gone out of this user's sight."""
        if is_visible(visit.model_admin, visit.request, visit.thing):
            return self.again(visit, form, problem)
        messages.error(visit.request, str(problem))
        return self.back(visit)
