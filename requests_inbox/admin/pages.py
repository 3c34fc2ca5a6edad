"""Verbs with a page of their own: they need more than one field, or a second thought."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import ConsentEvent
from emsar.staff.models import User
from requests_inbox.admin.clock import last_day_preview
from requests_inbox.admin.contractpages import CONTRACT_PAGES
from requests_inbox.admin.forms import (
    AnsweredForm,
    CloseForm,
    HandOverForm,
    ReceivedForm,
    WithdrawForm,
)
from requests_inbox.admin.history import company_name, field_words
from requests_inbox.admin.verbpage import VerbPage
from requests_inbox.models import ConsultationRequest, Status
from requests_inbox.services import handling, replying
from requests_inbox.services.passing import passed_on


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

    def preview(self, item: ConsultationRequest) -> list[tuple[str, str]]:
        """That a contract keeps the request all the same (E-5b)."""
        return last_day_preview(item) if item.has_contract else []


PAGES: dict[str, VerbPage] = {
    "answered": Answered(),
    "received": Received(),
    "close": Close(),
    "hand-over": HandOver(),
    "withdraw": Withdraw(),
    **CONTRACT_PAGES,
}
