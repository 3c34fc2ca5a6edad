"""The forms about a contract and the documents that rest on it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.entities.businessdays import BAKU
from emsar.entities.models import LegalReference
from emsar.staff.viewing import short_moment
from requests_inbox.admin.forms import DeskForm
from requests_inbox.forms import RawCharField, one_line
from requests_inbox.models import UnclassReason
from requests_inbox.moments import EARLIEST
from requests_inbox.services.contracts import check_dates
from requests_inbox.services.documents import Item, documents_of, items
from requests_inbox.services.errors import RequestStateError

MAX_TITLE = 200
SHOWN_WORDS = 80
OWN_WORDS = "request"


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day of Asia/Baku."""
    widget = forms.DateInput(
        attrs={"type": "date", "min": EARLIEST.date().isoformat()}, format="%Y-%m-%d"
    )
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class ContractForm(DeskForm):
    """Since when, and until when if that is known."""

    start = day_field(_("Concluded on"))
    end = day_field(
        _("Ends on"), required=False, help_text=_("Leave it empty while the contract is open.")
    )

    def prepare(self) -> None:
        self.initial.setdefault("start", timezone.localdate(timezone=BAKU))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            self.check(data["start"], data["end"])
        return data

    def check(self, start: date, end: date | None) -> None:
        """Say in words what is wrong with the days."""
        try:
            check_dates(self.item, start, end)
        except RequestStateError as problem:
            raise ValidationError(str(problem), code="dates") from problem


class ContractEndForm(ContractForm):
    """Another end, or none any more."""

    start = None  # type: ignore[assignment]

    def prepare(self) -> None:
        self.initial.setdefault("end", self.item.contract_end or timezone.localdate(timezone=BAKU))

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or {}
        if not self.errors and self.item.contract_start is not None:
            self.check(self.item.contract_start, data["end"])
        return data


class MistakeForm(DeskForm):
    sure = forms.BooleanField(label=_("This contract was recorded by mistake."))


class LawChoice(forms.ModelChoiceField[LegalReference]):
    def label_from_instance(self, obj: LegalReference) -> str:
        return obj.text("title")


class DocumentForm(DeskForm):
    """Which item of the thread, what it is, and which law asks for it."""

    item_key = forms.ChoiceField(label=_("Which item"), widget=forms.RadioSelect)
    title = RawCharField(
        label=_("What it is"),
        max_length=MAX_TITLE,
        validators=[one_line],
        help_text=_("For example the kind and the number of the document."),
    )
    law = LawChoice(LegalReference.objects.none(), label=_("Which law asks for it"))

    def prepare(self) -> None:
        laws: Any = self.fields["law"]
        laws.queryset = LegalReference.objects.filter(active=True)
        laws.empty_label = _("Please choose")
        choices: Any = self.fields["item_key"]
        choices.choices = [(_key(item), _shown(item)) for item in items(self.item)]

    def clean_item_key(self) -> UUID | None:
        """The key of a message; None for the request's own words."""
        key = self.cleaned_data["item_key"]
        return None if key == OWN_WORDS else UUID(key)


def _key(item: Item) -> str:
    return str(item.message) if item.message else OWN_WORDS


def _shown(item: Item) -> str:
    """When, and how it begins."""
    return _beginning(item.at, item.text)


def _beginning(at: datetime, text: str) -> str:
    words = " ".join(text.split())
    cut = f"{words[:SHOWN_WORDS]}…" if len(words) > SHOWN_WORDS else words
    return f"{short_moment(at)} · {cut}"


class DocumentBackForm(DeskForm):
    """Which document is none after all, and why."""

    document = forms.ChoiceField(label=_("Which document"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=UnclassReason.choices, widget=forms.RadioSelect
    )

    def prepare(self) -> None:
        rows = documents_of(self.item, self.user).defer("text")
        choices: Any = self.fields["document"]
        choices.choices = [(str(row.pk), _beginning(row.at, row.title or "")) for row in rows]

    def clean_document(self) -> UUID:
        return UUID(self.cleaned_data["document"])
