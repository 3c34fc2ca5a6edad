"""What no mail carries: an answer to be told, and a package to be handed over by the officer."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar import byhand as words
from dsar.admin.verbpage import CaseForm, VerbPage
from dsar.models import Case, Means, Telling
from dsar.models.kinds import HANDING
from dsar.services import byhand, releases
from emsar.staff.models import User


class TellForm(CaseForm):
    """Which answer was told, and how; one that waits alone is chosen already."""

    telling = forms.ModelChoiceField(
        Telling.objects.none(),
        label=gettext_lazy("Which answer"),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    means = forms.ChoiceField(
        label=gettext_lazy("How it was told"), choices=Means.choices, widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label=gettext_lazy("The person has been told all of it."))

    def prepare(self) -> None:
        rows = Telling.objects.filter(case=self.case, told_at__isnull=True)
        field: Any = self.fields["telling"]
        field.queryset = rows
        field.label_from_instance = heading_of
        if len(rows) == 1:
            field.initial = rows[0].pk


def heading_of(row: Telling) -> str:
    """The first line of an answer: the subject of the mail that it would have been."""
    return (row.words or "").partition("\n")[0] or str(row)


class Tell(VerbPage):
    name = "tell"
    button = gettext_lazy("Note that it was told")
    explanation = gettext_lazy(
        "No email address of this person is known. Print the answer and send it, or read it out to "
        "whoever proved to be the person; then note it here. The words and the address below are "
        "emptied then, and cannot be seen again."
    )
    form = TellForm
    dangerous = True
    template = "admin/dsar/tell.html"

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        byhand.tell(data["telling"], data["means"], by=user)
        return _("it is noted that the person was told.")

    def more(self, thing: Case) -> dict[str, Any]:
        return {"tellings": byhand.waiting(thing)}


class HandOverForm(CaseForm):
    means = forms.ChoiceField(
        label=gettext_lazy("How it is handed over"),
        choices=[(means.value, means.label) for means in HANDING],
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I hand it to nobody but the person, and keep no copy.")
    )


class HandOver(VerbPage):
    """Asked on the page, confirmed by the box and the button, and answered with the file."""

    name = "handover"
    button = gettext_lazy("Fetch the package to hand it over")
    explanation = gettext_lazy(
        "No email address of this person is known, so the person cannot fetch the package. You get "
        "everything that is held about the person as one file, to be printed or saved and handed "
        "over by letter or in person. It is made now and never stored; that you fetched it, and "
        "how it is handed over, is noted."
    )
    form = HandOverForm
    dangerous = True
    second_factor = True
    template = "admin/dsar/handover.html"

    def do(self, case: Case, data: dict[str, Any], user: User) -> HttpResponse:
        package = byhand.hand_over(case, data["means"], by=user)
        response = HttpResponse(package.bytes, content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="{package.name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def more(self, thing: Case) -> dict[str, Any]:
        return {"left": releases.left(thing), "reach": words.reach_of(thing)}
