"""What the register of disclosures asks the officer for: of whom, to whom, by which right, what."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import ConsentEvent
from dsar.admin.columns import split_words
from dsar.admin.forms import PersonField
from dsar.models import Disclosure
from dsar.services import disclosures
from dsar.services.sharing import disclosures_under, is_shared, records_under
from dsar.walk import held_about, numbers_of
from emsar.datamap.crypto import is_unreadable
from emsar.entities.models import LegalReference
from emsar.staff.models import User
from emsar.staff.viewing import short_moment
from emsar.subjects.models import DataSubject
from requests_inbox.forms import RawCharField, one_line
from requests_inbox.models import ConsultationRequest


class FindForm(forms.Form):
    person = PersonField(label=gettext_lazy("Of whom something is disclosed"))


class DisclosureForm(forms.Form):
    """What the register wants to know; the service checks it once more."""

    recipient = RawCharField(
        label=gettext_lazy("Who asked: the body, not a person"),
        max_length=disclosures.MAX_RECIPIENT,
        validators=[one_line],
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"), choices=Disclosure.Ground.choices, widget=forms.RadioSelect
    )
    document = RawCharField(
        label=gettext_lazy("Number of their document"),
        max_length=disclosures.MAX_DOCUMENT,
        required=False,
        validators=[one_line],
        help_text=gettext_lazy("Needed for a law, a court and an authority."),
    )
    legal_reference = forms.ModelChoiceField(
        LegalReference.objects.none(),
        label=gettext_lazy("Legal act on which this rests"),
        required=False,
        empty_label="---------",
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("Consent of the person"),
        required=False,
        help_text=gettext_lazy("Needed where nothing but consent allows it."),
    )
    fields_told = forms.MultipleChoiceField(
        label=gettext_lazy("Which data"),
        help_text=gettext_lazy("Only what is held about this person stands here."),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "grouped"}),
    )
    records = forms.MultipleChoiceField(
        label=gettext_lazy("Which records are this person's"),
        help_text=gettext_lazy(
            "Several names stand under this address. Only what belongs to the records that you "
            "choose leaves."
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    is_secret = forms.BooleanField(
        label=gettext_lazy("The law forbids telling the person"), required=False
    )

    def __init__(self, subject: DataSubject, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        fields: dict[str, Any] = self.fields
        fields["legal_reference"].queryset = LegalReference.objects.filter(active=True)
        fields["fields_told"].choices = held_fields(subject)
        if is_shared(subject.pk):
            fields["records"].choices = records_of(subject)
            known = self["records"].data or [key for key, _words in fields["records"].choices]
            consents = consents_of(subject, known)
        else:
            consents = consents_of(subject)
            del fields["records"]
        fields["consent"].choices = [("", "---------"), *consents]

    def enter(self, subject: DataSubject, user: User) -> Disclosure:
        data = self.cleaned_data
        law = data["legal_reference"]
        return disclosures.disclose(
            subject.pk,
            recipient=data["recipient"],
            document=data["document"],
            ground=data["ground"],
            fields=data["fields_told"],
            by=user,
            legal_reference=law.pk if law else "",
            consent=UUID(data["consent"]) if data["consent"] else None,
            is_secret=data["is_secret"],
            records=[UUID(number) for number in data["records"]] if "records" in data else None,
        )


def consents_of(
    subject: DataSubject, records: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """The consents that the person gave, newest first; of a shared address those to ``records``."""
    rows = ConsentEvent.objects.filter(subject__in=numbers_of(subject.pk))
    rows = rows.filter(kind=ConsentEvent.Kind.GIVEN)
    return [
        (str(row.uid), f"{short_moment(row.at)}, {str(row.uid)[:8]}")
        for row in rows.order_by("-at")
        if records is None or str(row.about) in records
    ]


def records_of(subject: DataSubject) -> list[tuple[str, str]]:
    """What stands under a shared address, with the name that each request bears."""
    requests = [
        (str(row.pk), f"{row.reference}, {short_moment(row.received_at)}: {_name_of(row)}")
        for row in records_under(subject.pk)
    ]
    words = _("Disclosed to: %(recipient)s")
    told = [
        (str(row.uid), f"{words % {'recipient': row.recipient}}, {short_moment(row.at)}")
        for row in disclosures_under(subject.pk)
    ]
    return [*requests, *told]


def _name_of(row: ConsultationRequest) -> str:
    return _("cannot be read") if is_unreadable(row.name) else row.name or "—"


def held_fields(subject: DataSubject) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be disclosed of what is held about a person: table by table, column by column."""
    groups: dict[str, list[tuple[str, str]]] = {}
    tables = {held.label for held in held_about(subject.pk) if held.rows.exists()}
    for name in disclosures.exportable_fields():
        model, _dot, column = name.rpartition(".")
        if model in tables:
            table, words = split_words(model, column)
            groups.setdefault(table, []).append((name, words))
    return list(groups.items())
