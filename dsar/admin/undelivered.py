"""An answer that no mail server took: the officer sees it until the person has been told."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.verbpage import CaseForm, VerbPage
from dsar.models import Case, Means
from dsar.services import answers
from emsar.staff.models import User


class ToldForm(CaseForm):
    means = forms.ChoiceField(
        label=gettext_lazy("How the person was told"),
        choices=Means.choices,
        widget=forms.RadioSelect,
    )


class ToldOtherwise(VerbPage):
    name = "told"
    button = gettext_lazy("The person was told")
    explanation = gettext_lazy(
        "When you have told the person by another way what the mail said, or when there is no "
        "other way and you have noted that. The alarm on this case ends."
    )
    form = ToldForm

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        answers.told(case, data["means"], by=user)
        return _("noted; the alarm has ended.")
