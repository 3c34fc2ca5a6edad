"""Verbs with a page of their own: they need more than one field, or a second thought."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import ConsentEvent
from emsar.staff.acting import acting_user
from emsar.staff.models import User
from requests_inbox.admin.forms import (
    AnsweredForm,
    CloseForm,
    DeskForm,
    HandOverForm,
    ReceivedForm,
    WithdrawForm,
)
from requests_inbox.admin.history import company_name, field_words
from requests_inbox.admin.page import address_of, back_to, find_request, frame, is_visible
from requests_inbox.admin.verbs import CONFLICT, UNPROCESSABLE
from requests_inbox.models import ConsultationRequest, Status
from requests_inbox.services import handling, replying
from requests_inbox.services.errors import RequestStateError
from requests_inbox.services.passing import passed_on

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


class Answered(VerbPage):
    title = gettext_lazy("Answered elsewhere")
    button = gettext_lazy("Record the answer")
    explanation = gettext_lazy(
        "For an answer given by phone, WhatsApp, letter, in a meeting or from a mailbox. The "
        "request then counts as replied at that moment."
    )
    form = AnsweredForm

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        replying.answered_elsewhere(item, **data, by=user)
        return _("the answer was recorded.")


class Received(VerbPage):
    title = gettext_lazy("Add a message received")
    button = gettext_lazy("Add the message")
    explanation = gettext_lazy(
        "For what the person wrote or said outside this system. A request that was replied to or "
        "closed is opened again, with a new term for the reply."
    )
    form = ReceivedForm

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        replying.message_received(item, **data, by=user)
        return _("the message was added.")


class Close(VerbPage):
    title = gettext_lazy("Close without a reply")
    button = gettext_lazy("Close the request")
    explanation = gettext_lazy(
        "Nobody is written to. Spam and duplicates are kept for a short time only. To undo it, add "
        "a message received: that opens the request again."
    )
    form = CloseForm

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        handling.close(item, data["reason"], by=user)
        return _("closed.")


class HandOver(VerbPage):
    title = gettext_lazy("Hand over to a company")
    button = gettext_lazy("Hand over")
    explanation = gettext_lazy(
        "The data below pass to the other company. Who passed them on, when and why is recorded "
        "and shown to the person who asks for their data. Its mailbox is written to."
    )
    form = HandOverForm

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        handling.hand_over(item, data["to_entity"], data["reason"], by=user)
        return _("handed over to %(company)s.") % {"company": company_name(data["to_entity"])}

    def preview(self, item: ConsultationRequest) -> list[tuple[str, str]]:
        """The very data that are passed on (E-6.1a)."""
        data = passed_on(item)
        return list(zip(field_words(data), data.values(), strict=True))


class Withdraw(VerbPage):
    title = gettext_lazy("Record a withdrawal of consent")
    button = gettext_lazy("Record the withdrawal and stop processing")
    explanation = gettext_lazy(
        "When the person asks for it by phone, in writing or in person. Processing stops at once, "
        "mails that are waiting are cancelled, and the request is deleted soon. This cannot be "
        "undone."
    )
    form = WithdrawForm
    dangerous = True

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        before = item.status == Status.WITHDRAWN
        handling.withdraw(item, method=ConsentEvent.Method.STAFF, actor=user)
        if before:
            return _("the withdrawal was recorded before; processing has stopped since then.")
        return _("the withdrawal was recorded and processing has stopped.")


PAGES: dict[str, VerbPage] = {
    "answered": Answered(),
    "received": Received(),
    "close": Close(),
    "hand-over": HandOver(),
    "withdraw": Withdraw(),
}
