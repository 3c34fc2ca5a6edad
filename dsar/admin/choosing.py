"""Whose data a case is about, and which records are theirs: what no machine may guess (E-11c)."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.forms import RecordsForm, SubjectForm
from dsar.admin.verbpage import VerbPage
from dsar.models import Case
from dsar.services import deciding, sharing
from emsar.audit import record
from emsar.staff.models import User
from emsar.staff.verbpage import VerbForm, Visit
from emsar.subjects.admin.pages import facts


class PickSubject(VerbPage):
    """First who it may be, then everything known of them, then it is noted."""

    name = "subject"
    button = gettext_lazy("Show the person's records")
    explanation = gettext_lazy(
        "The address that was proved is that of whoever asks. Say here whose data the case is "
        "about; nothing is released or erased before."
    )
    form = SubjectForm
    template = "admin/dsar/subject.html"

    def carry_out(self, visit: Visit[Case], form: VerbForm[Case]) -> HttpResponse:
        """Searching posts too, and changes nothing: only a confirmed post is carried out."""
        if visit.request.POST.get("confirmed") == "yes":
            return super().carry_out(visit, form)
        return self.page(visit, form, found=facts(visit.request, form.cleaned_data["person"]))

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        sharing.choose_subject(case, data["person"].pk, by=user)
        return _("the data subject is noted.")


class ChooseRecords(VerbPage):
    name = "records"
    button = gettext_lazy("Note the choice")
    explanation = gettext_lazy(
        "Several names stand under this address. Say of every record whether it belongs to the "
        "person of the case: only what does is released, corrected or erased."
    )
    form = RecordsForm
    template = "admin/dsar/records.html"

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        form_chosen = {
            number: data[RecordsForm.name_of(number)] == "yes"
            for number in sharing.numbers_to_choose(case)
            if RecordsForm.name_of(number) in data
        }
        sharing.choose(case, form_chosen, by=user)
        case.refresh_from_db()
        deciding.after_verification(case)
        return _("the choice is noted.")

    def frame(self, visit: Visit[Case]) -> dict[str, Any]:
        """Names are shown here, so that the look is noted for the person (E-9c)."""
        record("case.records", actor=visit.user.pk, subject=visit.thing.subject, obj=visit.thing)
        return super().frame(visit)
