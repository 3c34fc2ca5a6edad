"""The forms of the verbs; each says what the service behind it needs."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.verbpage import CaseForm
from dsar.grounds import Ground
from dsar.models import CaseFile, Outcome, Proof
from dsar.services.messages import MAX_BODY
from emsar.entities.models import LegalReference
from emsar.subjects.admin.search import find_subjects
from emsar.subjects.models import (
    DataSubject,
    DataSubjectQuerySet,
    Objection,
    UnblockReason,
)
from requests_inbox.forms import ProjectField

# What staff can have seen or done; a mailed link proves itself.
STAFF_PROOFS = [choice for choice in Proof.choices if choice[0] != Proof.LINK]
MAX_NOTE = 500


def text_field(label: Any, *, rows: int = 6, required: bool = True, help_text: Any = "") -> Any:
    return ProjectField(
        label=label,
        max_length=MAX_BODY,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def note_field(label: Any, *, required: bool = True) -> Any:
    return ProjectField(
        label=label,
        max_length=MAX_NOTE,
        required=required,
        help_text=gettext_lazy("What was seen, and when. Do not copy numbers of documents."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ToldForm(CaseForm):
    """Words that the person reads, so they are written in the person's language."""

    words = text_field(gettext_lazy("Words to the person"))

    def prepare(self) -> None:
        self.fields["words"].widget.attrs["lang"] = self.case.language


class MessageForm(ToldForm):
    words = text_field(gettext_lazy("Message to the person"))


class NoteForm(CaseForm):
    words = text_field(gettext_lazy("Internal note"), rows=3)


class QuestionForm(ToldForm):
    words = text_field(
        gettext_lazy("The question"),
        help_text=gettext_lazy("Only about who asks; what else is unclear does not stop the term."),
    )


class ReasonForm(ToldForm):
    words = text_field(gettext_lazy("The reason, which the person reads"))


class AnswerForm(ToldForm):
    outcome = forms.ChoiceField(
        label=gettext_lazy("How the case ends"),
        choices=[(one.value, one.label) for one in
                 (Outcome.FULFILLED, Outcome.PARTLY, Outcome.NOTHING_HELD)],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = text_field(gettext_lazy("The answer"), rows=9)
    field_order = ("words", "outcome")


class RefuseForm(ToldForm):
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"), choices=Ground.choices, widget=forms.RadioSelect
    )
    legal_reference = forms.ModelChoiceField(
        LegalReference.objects.none(),
        label=gettext_lazy("Legal act on which this rests"),
        empty_label="---------",
    )
    words = text_field(gettext_lazy("The reasons, which the person reads"))
    field_order = ("ground", "legal_reference", "words")

    def prepare(self) -> None:
        super().prepare()
        references: Any = self.fields["legal_reference"]
        references.queryset = LegalReference.objects.filter(active=True)


class ProveForm(CaseForm):
    proof = forms.ChoiceField(
        label=gettext_lazy("How it was proved"), choices=STAFF_PROOFS, widget=forms.RadioSelect
    )
    note = note_field(gettext_lazy("What was seen or done"))

    def prepare(self) -> None:
        """What a colleague saw, to be confirmed or put in other words."""
        file = CaseFile.objects.filter(case=self.case).first()
        if file is not None and file.proof:
            self.initial.update(proof=file.proof, note=file.proof_note or "")


class ConfirmForm(CaseForm):
    """A box to tick, where a click alone would be too little."""

    sure = forms.BooleanField(label=gettext_lazy("I have read this and it is right."))


class WithdrawForm(CaseForm):
    asked = forms.BooleanField(label=gettext_lazy("The person told me so, and I know who it was."))


class PersonField(forms.CharField):
    """An address or number that finds exactly one person; posted, never put into an address."""

    def __init__(self, **kwargs: Any) -> None:
        words = gettext_lazy("Email address, phone number, or number of the data subject.")
        super().__init__(help_text=words, max_length=254, **kwargs)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> DataSubject:
        everybody: DataSubjectQuerySet = DataSubject.objects.all()
        text = super().clean(value)
        if "\0" in text:
            raise ValidationError(_("Nobody was found under this."), code="nobody")
        found = list(find_subjects(everybody, text)[:2])
        if len(found) != 1:
            raise ValidationError(_("Nobody was found under this."), code="nobody")
        return found[0]


class SubjectForm(CaseForm):
    person = PersonField(label=gettext_lazy("Whose data the case is about"))


class RecordsForm(CaseForm):
    """One answer for each record under the address, none of them given before."""

    def prepare(self) -> None:
        from dsar.services.sharing import chosen_of, disclosures_to_choose, records_to_choose

        self.records = list(records_to_choose(self.case).select_related("service"))
        self.disclosures = list(disclosures_to_choose(self.case))
        chosen = chosen_of(self.case) if self.case.chosen_at else None
        numbers = [(row.pk, row.reference) for row in self.records]
        numbers += [(row.uid, row.document) for row in self.disclosures]
        for number, label in numbers:
            self.fields[self.name_of(number)] = forms.ChoiceField(
                label=label,
                choices=[("yes", _("belongs to the person")), ("no", _("of somebody else"))],
                widget=forms.RadioSelect,
                initial=None if chosen is None else ("yes" if number in chosen else "no"),
            )

    @staticmethod
    def name_of(number: UUID) -> str:
        return f"record-{number}"

    def lines(self) -> list[tuple[Any, Any]]:
        """Each request with its field."""
        return [(row, self[self.name_of(row.pk)]) for row in self.records]

    def told_lines(self) -> list[tuple[Any, Any]]:
        """Each disclosure with its field."""
        return [(row, self[self.name_of(row.uid)]) for row in self.disclosures]


class LiftForm(CaseForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why the block ends"),
        choices=UnblockReason.choices,
        widget=forms.RadioSelect,
    )


class PurposesForm(CaseForm):
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("What the person objects to"),
        choices=Objection.Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
    )


class ExplainForm(CaseForm):
    place = forms.ChoiceField(
        label=gettext_lazy("What was found"), choices=(), widget=forms.RadioSelect
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I have looked there: it is not the data of this person.")
    )

    def prepare(self) -> None:
        from dsar.services.residual import findings_of

        place: Any = self.fields["place"]
        place.choices = [(one.place, f"{one.place} ({one.rows})") for one in findings_of(self.case)]


class PreviewForm(CaseForm):
    """What was looked at; another preview than that is not approved unseen."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    sure = forms.BooleanField(label=gettext_lazy("I have read the preview and approve."))
