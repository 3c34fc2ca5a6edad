"""The page of one case: its clocks, its file, what it waits for, and what can be done."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from dsar.admin.allowed import Verb, groups_of, talk_of
from dsar.admin.frame import BOARD, frame
from dsar.admin.stages import staged
from dsar.admin.timeline import timeline
from dsar.admin.words import staff_names
from dsar.models import Case, CaseFile, CaseMessage, Disclosure, Proposal, Release, ResidualTrace
from dsar.models.releases import MOST_DOWNLOADS
from dsar.reckoning import promise_explained, statutory_explained
from dsar.services import byhand
from dsar.services.answers import undelivered
from dsar.services.messages import MAX_BODY
from dsar.services.residual import findings_of
from dsar.services.sharing import UNDECIDED, look_again
from dsar.walk import numbers_of
from emsar.audit import record
from emsar.retention.admin.frame import act_address
from emsar.retention.models import DestructionLine
from emsar.staff.acting import acting_user
from emsar.subjects.admin.pages import shown
from emsar.subjects.models import DataSubject
from policies.versions import PRIVACY, in_force


def find_case(request: HttpRequest, key: Any) -> Case:
    """The case of an address; Http404 for none, PermissionDenied for all but the officer."""
    user = acting_user(request)
    if not user.has_perm(BOARD.right):
        raise PermissionDenied
    try:
        found: Case | None = Case.objects.visible_to(user).filter(pk=key).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise Http404
    if found.status in UNDECIDED:
        # What may be done, and shown, depends on who stands under the address by now.
        look_again(found)
    return found


def address_of(case: Case) -> str:
    """The address of a case's page."""
    return reverse("admin:dsar_case_change", args=[case.pk])


def case_frame(request: HttpRequest, case: Case, title: object, **more: Any) -> dict[str, Any]:
    """The context of a page about one case."""
    opts: Any = admin.site._registry[Case].opts
    return frame(request, BOARD, title, case=case, opts=opts, **more)


def show(
    request: HttpRequest, case: Case, *, status: int = 200, problem: str = "", **forms: Any
) -> HttpResponse:
    """The page; that it was looked at is an audit event about the person (E-9c)."""
    user = acting_user(request)
    record("case.view", actor=user.pk, subject=case.subject, obj=case)
    stage = staged(case)
    context = case_frame(
        request,
        case,
        case.reference,
        stage=stage,
        problem=problem,
        groups=groups_of(case, stage, user),
        talk=talk_of(case),
        promise=promise_explained(case),
        statutory=statutory_explained(case),
        policy=_policy_address(),
        timeline=timeline(case),
        max_body=MAX_BODY,
        most_downloads=MOST_DOWNLOADS,
        **_file_of(case),
        **_rest_of(case),
        **forms,
    )
    return TemplateResponse(request, "admin/dsar/case.html", context, status=status)


def _policy_address() -> str:
    version = in_force(PRIVACY)
    if version is None:
        return reverse("policies:current", args=[PRIVACY])
    return reverse("policies:version", args=[PRIVACY, version.number])


def _file_of(case: Case) -> dict[str, Any]:
    """What is personal; all of it empty once the file is gone."""
    file = CaseFile.objects.filter(case=case).select_related("person", "contact").first()
    if file is None:
        return {"file": None, "thread": [], "proposals": [], "addresses": []}
    messages = list(CaseMessage.objects.filter(file=file).order_by("at", "id"))
    proposals = list(Proposal.objects.filter(file=file).order_by("at", "id"))
    decided = [*(row.decided_by for row in proposals), file.proof_by]
    return {
        "file": file,
        "addresses": [
            (row.get_kind_display(), shown(row)) for row in file.person.identifiers.order_by("pk")
        ],
        "thread": messages,
        "proposals": [_proposal(row) for row in proposals],
        "names": staff_names([*(row.author for row in messages), *decided]),
        "chosen": list(file.records.order_by("pk")),
        "disclosed": set(
            Disclosure.objects.filter(uid__in=file.records.values("record")).values_list(
                "uid", flat=True
            )
        ),
    }


def _proposal(row: Proposal) -> dict[str, Any]:
    """A proposed value with the words of its column and what stands there now."""
    from dsar.admin.columns import column_words, present_value

    return {"row": row, "column": column_words(row), "now": present_value(row)}


def _rest_of(case: Case) -> dict[str, Any]:
    """What hangs on the skeleton: the person, package, trace, acts of destruction, disclosures."""
    subject = DataSubject.objects.filter(pk=case.subject).first() if case.subject else None
    lines = DestructionLine.objects.filter(case=case.pk).count()
    return {
        "subject": subject,
        "release": Release.objects.filter(case=case).first(),
        "trace": ResidualTrace.objects.filter(case=case).first(),
        "findings": findings_of(case),
        "tellings": byhand.waiting(case),
        "is_undelivered": undelivered().filter(pk=case.pk).exists(),
        "act": act_address("case", str(case.pk)) if lines else "",
        "disclosures": _disclosures(case),
        "others": Case.objects.filter(subject=case.subject).exclude(pk=case.pk).order_by(
            "-received_at"
        )[:10] if case.subject else [],
    }  # fmt: skip


def _disclosures(case: Case) -> list[Disclosure]:
    if not case.subject:
        return []
    rows = Disclosure.objects.filter(subject__in=numbers_of(case.subject))
    return list(rows.order_by("-id")[:10])


__all__ = ["Verb", "address_of", "case_frame", "find_case", "show"]
