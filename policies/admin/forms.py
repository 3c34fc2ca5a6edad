"""The two forms of the DPO: a draft, and its publication."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.terms import Term, policy_terms
from emsar.entities.profile import LANGUAGES
from policies.drafts import Content, content_of
from policies.models import PolicyVersion
from policies.numbers import is_number
from policies.versions import ASKED, UNDERTAKING
from policies.wording import TERMS, UNITS

SOURCES = {
    "az": _("text in Azerbaijani"),
    "en": _("text in English"),
    "ru": _("text in Russian"),
}
TERM_PREFIX = "term_"
ASKS_STAFF = _("asks every member of staff to accept again")
REASONS = ("reason_az", "reason_en", "reason_ru")


def term_fields() -> list[str]:
    """The names of the form's fields for terms, one for each declared term."""
    return [f"{TERM_PREFIX}{term.name}" for term in policy_terms()]


def source_fields() -> list[str]:
    return [f"source_{language}" for language in LANGUAGES]


class DraftForm(forms.ModelForm[PolicyVersion]):
    """A draft: its number, its reasons, one number for each declared term, and three sources.

    A term can only be one that a rule is declared for, because there is no other field.
    """

    class Meta:
        model = PolicyVersion
        fields = ("number", "significant", "requires_reconsent", *REASONS)
        widgets = {
            f"reason_{language}": forms.Textarea(attrs={"rows": 2, "lang": language})
            for language in LANGUAGES
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.policy_id not in ASKED:
            # Nobody chooses anything under the other policies.
            del self.fields["requires_reconsent"]
        elif self.instance.policy_id == UNDERTAKING:
            self.fields["requires_reconsent"].label = ASKS_STAFF
        content = content_of(self.instance)
        for name, value in content.terms.items():
            self.initial[f"{TERM_PREFIX}{name}"] = value
        for language, source in content.sources.items():
            self.initial[f"source_{language}"] = source

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"])
        if not is_number(number):
            raise ValidationError(_("A number is digits in groups, such as 1.1."), code="number")
        others = PolicyVersion.objects.filter(policy=self.instance.policy_id, number=number)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another version has this number."), code="taken")
        return number

    def content(self) -> Content:
        """What was entered, for `drafts.save_draft`."""
        entered = self.cleaned_data
        terms = {term.name: entered[f"{TERM_PREFIX}{term.name}"] for term in policy_terms()}
        return Content(
            number=entered["number"],
            significant=entered["significant"],
            requires_reconsent=entered.get("requires_reconsent", False),
            reasons={code: entered[f"reason_{code}"] for code in LANGUAGES},
            terms={name: value for name, value in terms.items() if value is not None},
            sources={code: entered[f"source_{code}"] for code in LANGUAGES},
        )


def _term_field(term: Term) -> forms.IntegerField:
    words = {"unit": UNITS[term.unit], "clause": term.clause}
    return forms.IntegerField(
        label=TERMS.get(term.name, term.name),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("%(unit)s; %(clause)s. Empty: this version does not state it.") % words,
    )


def _source_field(language: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 30, "lang": language, "class": "source"})
    return forms.CharField(label=SOURCES[language], required=False, strip=False, widget=widget)


def draft_form() -> type[DraftForm]:
    """The form with a field for every term that is declared now."""
    fields: dict[str, Any] = {
        f"{TERM_PREFIX}{term.name}": _term_field(term) for term in policy_terms()
    }
    fields |= {f"source_{language}": _source_field(language) for language in LANGUAGES}
    return type("DraftForm", (DraftForm,), fields)


class PublishForm(forms.Form):
    """The day from which the version is to be in force, and that its reader knows what follows.

    ``seen`` says which state of the draft was on the screen.
    """

    effective = forms.DateField(
        label=_("effective date"),
        help_text=_("From the first minute of this day, Baku time; today or later."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    confirmed = forms.BooleanField(
        label=_("I have read the text in the three languages and want to publish it."),
        error_messages={"required": _("Please confirm that you have read the three texts.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state = state
        self.fields["effective"].widget.attrs["min"] = timezone.localdate().isoformat()

    def clean_effective(self) -> date:
        day: date = self.cleaned_data["effective"]
        if day < timezone.localdate():
            raise ValidationError(_("The effective date is today or later."), code="past")
        return day

    def clean_seen(self) -> str:
        if self.cleaned_data["seen"] != self.state:
            raise ValidationError(
                _("The draft was changed since you opened this page. Please look at it again."),
                code="changed",
            )
        return self.state
