"""The pages of a person's requests, behind the session that a mailed link begins."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dsar import session
from dsar.following import followed, ground_of, notes, steps
from dsar.forms import MessageForm, ProposalForm
from dsar.models import Case, CaseFile, Kind, Proposal
from dsar.offering import Value, values_of
from dsar.services import agreeing, corrections, deciding, identity, messages, releases
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.views.replies import secluded
from emsar.site.posting import SeeOther
from emsar.staff import rows
from emsar.subjects.models import DataSubject
from requests_inbox.references import normalise_reference

Page = Callable[..., HttpResponse]
REFUSED = (CaseStateError, CaseRefusedError)
UNPROCESSABLE, CONFLICT, NO_ENTRY = 422, 409, 403


def signed_in(view: Page) -> Callable[..., HttpResponseBase]:
    """For whoever has used a link within the last half hour; each click begins a new one."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = session.person_of(request)
        if person is None:
            return render(request, "dsar/ended.html", status=NO_ENTRY)
        with rows.of_person(person.pk):
            response = view(request, person, *args, **kwargs)
        if session.name() not in response.cookies:
            session.start(response, person.pk)
        return response

    return secluded(checked)


def of_case(view: Page) -> Callable[..., HttpResponseBase]:
    """For a case of the person's; that of somebody else looks like none at all."""

    @wraps(view)
    def found(request: HttpRequest, person: DataSubject, reference: str) -> HttpResponse:
        case = _cases(person).filter(reference=normalise_reference(reference)).first()
        if case is None:
            raise Http404
        return view(request, person, case)

    return signed_in(found)


def posted(view: Page) -> Page:
    """Only a form leads here; whoever opens the address itself, or changes the language where a
    fault was told, comes to the case."""

    @wraps(view)
    def checked(request: HttpRequest, person: DataSubject, case: Case) -> HttpResponse:
        return view(request, person, case) if request.method == "POST" else _to(case)

    return checked


def _cases(person: DataSubject) -> QuerySet[Case]:
    return Case.objects.filter(file__person=person).select_related("file", "release")


@signed_in
@require_http_methods(["GET", "HEAD"])
def cases(request: HttpRequest, person: DataSubject) -> HttpResponse:
    """All requests of the person that are still kept, those that run first."""
    found = sorted(
        _cases(person).order_by("-received_at", "-registered_at"),
        key=lambda case: not case.is_running,
    )
    return render(request, "dsar/cases.html", {"cases": [followed(case) for case in found]})


@signed_in
@require_POST
def leave(request: HttpRequest, person: DataSubject) -> HttpResponse:
    """Forget on this browser who it was."""
    response = SeeOther(reverse("dsar:form"))
    session.end(response)
    return response


@of_case
@require_http_methods(["GET", "HEAD"])
def case(request: HttpRequest, person: DataSubject, case: Case) -> HttpResponse:
    return _show(request, case)


def _show(
    request: HttpRequest,
    case: Case,
    *,
    status: int = 200,
    notice: str = "",
    message_form: MessageForm | None = None,
    proposal_form: ProposalForm | None = None,
) -> HttpResponse:
    context: dict[str, object] = {
        "case": followed(case),
        "details": case.file.details,
        "steps": steps(case),
        "notes": notes(case),
        "notice": notice,
        "form": message_form or MessageForm(),
        "ground": ground_of(case),
    }
    if case.kind == Kind.CORRECTION and case.is_running and case.verified_at:
        context |= _corrections(case, proposal_form)
    return render(request, "dsar/case.html", context, status=status)


def _corrections(case: Case, form: ProposalForm | None) -> dict[str, object]:
    values = values_of(case)
    rows = Proposal.objects.filter(file=case.file)
    return {
        "values": values,
        "proposed": [
            (_label(row, values), row, _asks(case, row)) for row in rows if _is_shown(row, values)
        ],
        "proposal": form or ProposalForm(values=values),
    }


def _is_shown(row: Proposal, values: list[Value]) -> bool:
    """What the officer proposes for a record is shown once it is settled whose the record is."""
    keys = {value.key for value in values}
    own = row.proposed_by is None or row.model == CaseFile._meta.label_lower
    return own or f"{row.model}|{row.row}|{row.column}" in keys


def _label(row: Proposal, values: list[Value]) -> str:
    key = f"{row.model}|{row.row}|{row.column}"
    labels = (value.label for value in values if value.key == key)
    return next(labels, str(corrections.FIELDS.get(row.column, row.column)))


def _asks(case: Case, row: Proposal) -> bool:
    """Whether the officer proposed it, and it waits for the person's word."""
    waits = row.state == Proposal.State.PROPOSED and case.is_running
    return waits and row.proposed_by is not None


def _to(case: Case) -> SeeOther:
    return SeeOther(reverse("dsar:case", args=[case.reference]))


@of_case
@posted
def confirm(request: HttpRequest, person: DataSubject, case: Case) -> HttpResponse:
    """What came in after the mail of the link was theirs too."""
    try:
        identity.confirm(person, case)
    except REFUSED as problem:
        return _show(request, case, status=CONFLICT, notice=str(problem))
    return _to(case)


@of_case
@posted
def message(request: HttpRequest, person: DataSubject, case: Case) -> HttpResponse:
    """To the data protection officer."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _show(request, case, status=UNPROCESSABLE, message_form=form)
    try:
        messages.from_person(case, form.cleaned_data["body"])
    except REFUSED as problem:
        return _show(request, case, status=CONFLICT, notice=str(problem))
    return _to(case)


@of_case
@posted
def propose(request: HttpRequest, person: DataSubject, case: Case) -> HttpResponse:
    """The right value for a wrong one; the officer decides."""
    form = ProposalForm(request.POST, values=values_of(case))
    if not form.is_valid():
        return _show(request, case, status=UNPROCESSABLE, proposal_form=form)
    model, row, column = form.cleaned_data["field"].split("|")
    try:
        corrections.propose(case, model, row, column, form.cleaned_data["value"])
    except REFUSED as problem:
        form.add_error("value", str(problem))
        return _show(request, case, status=UNPROCESSABLE, proposal_form=form)
    return _to(case)


@of_case
@posted
def agree(request: HttpRequest, person: DataSubject, case: Case) -> HttpResponse:
    """Yes or no to a value that the officer proposed."""
    try:
        number = UUID(request.POST.get("proposal", ""))
    except ValueError:
        raise Http404 from None
    row = Proposal.objects.filter(pk=number, file=case.file).first()
    if row is None:
        raise Http404
    try:
        agreeing.agree(case, row, is_right=request.POST.get("answer") == "yes")
    except REFUSED as problem:
        return _show(request, case, status=CONFLICT, notice=str(problem))
    return _to(case)


@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, person: DataSubject, case: Case) -> HttpResponse:
    """Asked first, then done: the request is withdrawn."""
    if request.method != "POST":
        return render(request, "dsar/take_back.html", {"case": followed(case)})
    try:
        deciding.withdraw(case)
    except REFUSED as problem:
        return _show(request, case, status=CONFLICT, notice=str(problem))
    return _to(case)


@of_case
@require_http_methods(["GET", "HEAD", "POST"])
def download(request: HttpRequest, person: DataSubject, case: Case) -> HttpResponse:
    """The copy of the data; the button of a page of its own is the second confirmation (E-8c)."""
    if request.method != "POST":
        return render(request, "dsar/download.html", {"case": followed(case)})
    try:
        package = releases.download(case)
    except REFUSED as problem:
        context = {"case": followed(case), "notice": str(problem) or _("Not possible here")}
        return render(request, "dsar/download.html", context, status=CONFLICT)
    response = HttpResponse(package.bytes, content_type="application/zip")
    name = quote(package.name)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
