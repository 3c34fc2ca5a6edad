"""Verbs of single rights: correction, objection, blocking; each page says what follows."""

from typing import Any

from django import forms
from django.contrib import messages as told
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.casepage import address_of, case_frame, find_case, show
from dsar.admin.columns import column_words, field_words, present_value
from dsar.admin.forms import LiftForm, PurposesForm, text_field
from dsar.admin.frame import CONFLICT
from dsar.admin.verbpage import CaseForm, VerbPage
from dsar.models import Case, Proposal
from dsar.owning import held_in
from dsar.services import blocking, corrections, objections
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.datamap.crypto import is_unreadable
from emsar.staff.acting import acting_user
from emsar.staff.models import User

# More rows than that of one person nobody picks from a list.
MOST = 300


def correctable(case: Case) -> list[tuple[str, str]]:
    """Every value of the person's that may be corrected: its key, and where it stands."""
    if case.subject is None:
        return []
    found: list[tuple[str, str]] = []
    for held in held_in(case):
        columns = [name for name, facts in held.line.personal.items() if facts.correct]
        if columns:
            for row in held.rows[:MOST]:
                found += [_choice(held.label, row, column) for column in columns]
    return found[:MOST]


def _choice(label: str, row: Any, column: str) -> tuple[str, str]:
    value = getattr(row, column)
    shown = _("cannot be read") if is_unreadable(value) else _shortened(str(value or "—"))
    key = "|".join((label, str(row.pk), column))
    return key, f"{field_words(label, column)} ({row}): {shown}"


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


class ProposeForm(CaseForm):
    place = forms.ChoiceField(label=gettext_lazy("What is wrong"), widget=forms.Select)
    value = text_field(gettext_lazy("The right value"), rows=3)

    def prepare(self) -> None:
        place: Any = self.fields["place"]
        place.choices = [("", "---------"), *correctable(self.case)]


class Propose(VerbPage):
    name = "propose"
    button = gettext_lazy("Enter the proposal")
    explanation = gettext_lazy(
        "The value is proposed first, as if the person had done it on the page of the case; you "
        "decide on it next."
    )
    form = ProposeForm

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        model, row, column = data["place"].split("|")
        corrections.propose(case, model, row, column, data["value"], by=user)
        return _("the correction is proposed.")


class ObjectTo(VerbPage):
    name = "object"
    button = gettext_lazy("Carry out the objection")
    explanation = gettext_lazy(
        "What rests on these purposes stops at once, is marked, and is deleted within the term "
        "unless a contract or a law gives another basis. The person is told."
    )
    form = PurposesForm
    dangerous = True

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        objections.object(case, data["purposes"], by=user)
        return _("the objection is carried out.")


class Block(VerbPage):
    name = "block"
    button = gettext_lazy("Block")
    explanation = gettext_lazy(
        "All records of the person that exist now are hidden from everybody but you; nothing of "
        "them is answered, mailed, passed on or counted until the block is lifted (E-8h)."
    )

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        blocking.block(case, by=user)
        return _("the records are blocked.")


class Lift(VerbPage):
    name = "lift"
    button = gettext_lazy("Lift the block")
    explanation = gettext_lazy("The records can be worked on again. The reason is kept.")
    form = LiftForm
    second_factor = True

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        blocking.lift(case, data["reason"], by=user)
        return _("the block is lifted.")


def decide_view(request: HttpRequest, pk: object, number: Any) -> HttpResponse:
    """GET compares both values, POST corrects or rejects; what was decided before is told."""
    case = find_case(request, pk)
    row = Proposal.objects.filter(pk=number, file__case=case).first()
    if row is None:
        raise Http404
    if request.method != "POST" or request.POST.get("decision") not in {"approve", "reject"}:
        return _decide_page(request, case, row)
    approve = request.POST["decision"] == "approve"
    try:
        corrections.decide(row, approve, by=acting_user(request))
    except (CaseStateError, CaseRefusedError) as problem:
        fresh = find_case(request, pk)
        return show(request, fresh, status=CONFLICT, problem=str(problem))
    told.success(request, f"{case.reference}: {_decided(approve)}")
    return redirect(address_of(case))


def _decided(approve: bool) -> str:
    return _("the correction is approved.") if approve else _("the correction is rejected.")


def _decide_page(request: HttpRequest, case: Case, row: Proposal) -> HttpResponse:
    context = case_frame(
        request,
        case,
        _("Decide on a correction"),
        subtitle=case.reference,
        proposal=row,
        column=column_words(row),
        now=present_value(row),
        back=address_of(case),
        open=row.state == Proposal.State.PROPOSED,
    )
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/dsar/decide.html", context, status=status)
