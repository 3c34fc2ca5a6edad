"""The verbs about a contract and its documents, each on a page that says what it means (E-7.2b)."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.staff.models import User
from emsar.staff.verbpage import Visit
from requests_inbox.admin.clock import kept_words, last_day_preview
from requests_inbox.admin.contractforms import (
    ContractEndForm,
    ContractForm,
    DocumentBackForm,
    DocumentForm,
    MistakeForm,
)
from requests_inbox.admin.verbpage import VerbPage
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import contracts, documents
from requests_inbox.services.errors import RequestStateError
from requests_inbox.services.keeping import document_days, last_day_without_contract


class RecordContract(VerbPage):
    title = gettext_lazy("Record a contract")
    button = gettext_lazy("Record the contract")
    explanation = gettext_lazy(
        "The contract becomes the basis for keeping this request, even if the consent is "
        "withdrawn. The request is kept as long as the contract lasts, and then until its usual "
        "last day if that is later."
    )
    form = ContractForm

    def stop(self, visit: Visit[ConsultationRequest]) -> HttpResponse | None:
        """Who may not do so is told before the form is filled in."""
        try:
            contracts.guard_promise(visit.thing, visit.user)
        except RequestStateError as problem:
            messages.error(visit.request, str(problem))
            return self.back(visit)
        return None

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        return _kept(contracts.record_contract(item, data["start"], data["end"], by=user))

    def preview(self, item: ConsultationRequest) -> list[tuple[str, str]]:
        return last_day_preview(item)


class EndContract(VerbPage):
    title = gettext_lazy("End of the contract")
    button = gettext_lazy("Save the end")
    explanation = gettext_lazy(
        "The request is kept until that day, or until its usual last day if that is later. Leave "
        "the day empty if the contract goes on after all."
    )
    form = ContractEndForm

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        return _kept(contracts.end_contract(item, data["end"], by=user))

    def preview(self, item: ConsultationRequest) -> list[tuple[str, str]]:
        return [
            *last_day_preview(item),
            (_("Usual last day"), kept_words(last_day_without_contract(item).day)),
        ]


class RemoveContract(VerbPage):
    title = gettext_lazy("Take back a contract")
    button = gettext_lazy("Take the contract back")
    explanation = gettext_lazy(
        "Only for a contract that was recorded by mistake. The usual last day holds again; if it "
        "has passed, the request is destroyed by the next sweep, within the hour."
    )
    form = MistakeForm
    dangerous = True

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        return _kept(contracts.remove_contract(item, by=user))

    def preview(self, item: ConsultationRequest) -> list[tuple[str, str]]:
        return [(_("Usual last day"), kept_words(last_day_without_contract(item).day))]


class ClassDocument(VerbPage):
    title = gettext_lazy("Class an accounting document")
    button = gettext_lazy("Class the document")
    explanation = gettext_lazy(
        "A copy of its words is kept for the years that the law asks for, beyond the rest of the "
        "correspondence. Class only what the accounts need."
    )
    form = DocumentForm

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        made = documents.class_document(
            item, data["item_key"], title=data["title"], legal_reference=data["law"], by=user
        )
        return _kept(made.destroy_after)

    def preview(self, item: ConsultationRequest) -> list[tuple[str, str]]:
        day = document_days(item.destroy_after)["destroy_after"]
        words = kept_words(day) if day else _("counted from the end of the contract")
        return [(_("Last day kept of the document"), words)]


class TakeDocumentBack(VerbPage):
    title = gettext_lazy("Take an accounting document back")
    button = gettext_lazy("Take the document back")
    explanation = gettext_lazy(
        "The copy is deleted. The words stay in the thread, and go with it on its last day."
    )
    form = DocumentBackForm
    dangerous = True

    def do(self, item: ConsultationRequest, data: dict[str, Any], user: User) -> str:
        documents.unclass_document(item, data["document"], data["reason"], by=user)
        return _("the document was taken back.")


def _kept(day: date | None) -> str:
    if day is None:
        return _("saved; it is kept as long as the contract lasts.")
    return _("saved; the last day kept: %(day)s") % {"day": kept_words(day)}


CONTRACT_PAGES: dict[str, VerbPage] = {
    "contract": RecordContract(),
    "contract-end": EndContract(),
    "contract-remove": RemoveContract(),
    "document": ClassDocument(),
    "document-remove": TakeDocumentBack(),
}
