"""Whose data a case is about, and which records are theirs: what no machine may guess (E-11c)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.casepage import address_of, case_frame
from dsar.admin.forms import RecordsForm, SubjectForm
from dsar.admin.frame import UNPROCESSABLE
from dsar.admin.verbpage import CaseForm, VerbPage
from dsar.models import Case
from dsar.services import deciding, sharing
from emsar.staff.models import User
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

    def view(self, request: HttpRequest, pk: object) -> HttpResponse:
        # Searching posts too, and changes nothing: only a confirmed post goes on to ``do``.
        if request.method != "POST" or request.POST.get("confirmed") == "yes":
            return super().view(request, pk)
        return self._confirm(request, pk)

    def _confirm(self, request: HttpRequest, pk: object) -> HttpResponse:
        from dsar.admin.casepage import find_case
        from emsar.staff.acting import acting_user

        case = find_case(request, pk)
        form = SubjectForm(case, acting_user(request), request.POST)
        if not form.is_valid():
            return self._page(request, case, form, UNPROCESSABLE)
        context = case_frame(
            request, case, self.title, subtitle=case.reference, verb=self, form=form,
            back=address_of(case), found=facts(request, form.cleaned_data["person"]),
        )  # fmt: skip
        return TemplateResponse(request, self.template, context)

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
            row.pk: data[RecordsForm.name_of(row)] == "yes"
            for row in sharing.records_to_choose(case)
            if RecordsForm.name_of(row) in data
        }
        sharing.choose(case, form_chosen, by=user)
        case.refresh_from_db()
        deciding.after_verification(case)
        return _("the choice is noted.")

    def _page(
        self, request: HttpRequest, case: Case, form: CaseForm, status: int = 200
    ) -> HttpResponse:
        """Names are shown here, so that the look is noted for the person (E-9c)."""
        from emsar.audit import record

        record("case.records", actor=request.user.pk, subject=case.subject, obj=case)
        return super()._page(request, case, form, status)
