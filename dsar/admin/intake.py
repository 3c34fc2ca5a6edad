"""Opening a case for what came by phone, WhatsApp, letter or mail; the clocks start when it came.

Company staff open cases too and see nothing of them afterwards.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.casepage import address_of
from dsar.admin.forms import MAX_NOTE, STAFF_PROOFS, text_field
from dsar.admin.frame import BOARD, UNPROCESSABLE, frame, let_in
from dsar.correcting import MAX_POSTAL
from dsar.models import Case, Channel, Kind
from dsar.services.claims import is_long_ago
from dsar.services.errors import CaseRefusedError
from dsar.services.registering import NOBODY, StaffEntry, register
from emsar.staff.acting import acting_user
from emsar.subjects.identifiers import MAX_EMAIL, normalise_email, normalise_phone
from requests_inbox.admin.forms import MomentField
from requests_inbox.forms import MAX_NAME, ProjectField, RawCharField, one_line

RIGHT = "dsar.add_case"
# One of these says who asks.
WHO = frozenset({"email", "phone", "name", "postal"})
MAX_PHONE = 40
OFFICER_CONFIRMS = gettext_lazy(
    "The data protection officer confirms the proof before anything is done."
)
LONG_AGO_WAITS = gettext_lazy(
    "A day more than a week ago waits for the word of the data protection officer."
)
BELIEVED_FROM = gettext_lazy(
    "Both terms start here, but at most a week ago. A day before that, or before the day of an "
    "open case that this joins, waits for the word of the data protection officer."
)
BY_HAND = [choice for choice in Channel.choices if choice[0] != Channel.FORM]


class IntakeForm(forms.Form):
    """What a colleague took down: how and when it came, from whom, and what is asked for."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"), choices=BY_HAND, widget=forms.RadioSelect
    )
    received_at = MomentField(
        label=gettext_lazy("When it came in (Baku time)"),
        help_text=gettext_lazy("Both terms start here."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is asked for"),
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each becomes a case of its own; what is open already is joined."),
    )
    email = RawCharField(
        label=gettext_lazy("Email of whoever asks"),
        max_length=MAX_EMAIL,
        required=False,
        validators=[one_line],
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The answer goes there, and a link that proves the address."),
    )
    phone = RawCharField(
        label=gettext_lazy("Phone of whoever asks"),
        max_length=MAX_PHONE,
        required=False,
        validators=[one_line],
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "placeholder": "+994 12 345 67 89", "autocomplete": "off"}
        ),
    )
    name = RawCharField(
        label=gettext_lazy("Name and surname of whoever asks"),
        max_length=MAX_NAME,
        required=False,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Needed only where there is neither an email address nor a phone."),
    )
    postal = ProjectField(
        label=gettext_lazy("Postal address of whoever asks"),
        max_length=MAX_POSTAL,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=gettext_lazy("Where the answer is sent by letter."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the answer"), choices=settings.LANGUAGES
    )
    details = text_field(
        gettext_lazy("In their words"),
        required=False,
        help_text=gettext_lazy("For a child or somebody who has died: whose data it is about."),
    )
    proof = forms.ChoiceField(
        label=gettext_lazy("How identity was proved"),
        choices=[("", gettext_lazy("not yet")), *STAFF_PROOFS],
        required=False,
        widget=forms.RadioSelect,
    )
    proof_note = ProjectField(
        label=gettext_lazy("What was seen or done"),
        max_length=MAX_NOTE,
        required=False,
        help_text=gettext_lazy("Documents are seen, never kept: no copies and no numbers."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.initial.setdefault("received_at", timezone.now())
        self.initial.setdefault("language", settings.LANGUAGE_CODE)
        self.initial.setdefault("proof", "")

    def clean_email(self) -> str:
        text = self.cleaned_data["email"]
        return normalise_email(text) if text.strip() else ""

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        return normalise_phone(text) if text.strip() else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.keys() >= WHO and not any(data[name].strip() for name in WHO):
            self.add_error("email", ValidationError(NOBODY, code="missing"))
        if {"proof", "proof_note"} <= data.keys():
            self._check_proof(data["proof"], data["proof_note"].strip(), data.get("kinds", []))
        return data

    def _check_proof(self, proof: str, note: str, kinds: list[str]) -> None:
        """A proof says what was seen; of a death it is asked for at once (S-5b)."""
        if proof and not note:
            words = _("Please note what was seen as proof.")
            self.add_error("proof_note", ValidationError(words, code="missing"))
        elif note and not proof:
            words = _("Please say how identity was proved.")
            self.add_error("proof", ValidationError(words, code="missing"))
        elif Kind.DECEASED in kinds and not proof:
            words = _("For a person who has died, please note the document that was seen.")
            self.add_error("proof", ValidationError(words, code="missing"))

    def entry(self) -> StaffEntry:
        """What the service wants, of a valid form."""
        data = self.cleaned_data
        received: datetime = data["received_at"]
        texts = {name: data[name].strip() for name in ("proof_note", "name", "postal")}
        return StaffEntry(**{**data, "received_at": received, **texts})


def intake_view(request: HttpRequest) -> HttpResponse:
    """GET asks, POST opens the cases; the officer is led to the first, others to the first page."""
    user = let_in(request, RIGHT)
    if request.method != "POST":
        return _page(request, IntakeForm())
    form = IntakeForm(request.POST)
    if not form.is_valid():
        return _page(request, form, UNPROCESSABLE)
    try:
        cases = register(form.entry(), by=user)
    except CaseRefusedError as problem:
        form.add_error(None, str(problem))
        return _page(request, form, UNPROCESSABLE)
    messages.success(request, _said(cases))
    if not user.is_dpo:
        _tell_what_waits(request, form.cleaned_data)
    if not user.has_perm(BOARD.right):
        return redirect("admin:index")
    return redirect(address_of(cases[0]) if len(cases) == 1 else BOARD.address)


def _tell_what_waits(request: HttpRequest, data: dict[str, Any]) -> None:
    """What company staff typed and only the officer can make true.

    By what was typed alone: whether a case was open already is not theirs to know.
    """
    if data["proof"]:
        messages.info(request, OFFICER_CONFIRMS)
    if is_long_ago(data["received_at"]):
        messages.info(request, LONG_AGO_WAITS)


def _said(cases: list[Case]) -> str:
    """The references, for whoever asked: they can be told on the phone."""
    references = ", ".join(case.reference for case in cases)
    return _("Opened: %(references)s.") % {"references": references}


def _page(request: HttpRequest, form: IntakeForm, status: int = 200) -> HttpResponse:
    if not acting_user(request).is_dpo:
        form.fields["proof"].help_text = OFFICER_CONFIRMS
        form.fields["received_at"].help_text = BELIEVED_FROM
    context = frame(request, BOARD, _("Open a case"), form=form, sub=True)
    return TemplateResponse(request, "admin/dsar/intake.html", context, status=status)
