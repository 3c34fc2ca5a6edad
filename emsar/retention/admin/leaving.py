"""What leaves in the next 30 days, and what nobody answered and waits for the officer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from emsar.audit import record
from emsar.datamap.rules import Rule
from emsar.retention import leaving
from emsar.retention.admin.frame import CONFLICT, LEAVING, cut, frame, let_in
from emsar.retention.admin.keeping import Link, links_for
from emsar.retention.clearances import ClearanceError, clear
from emsar.retention.models import LegalHold
from emsar.staff.access.stepup import confirmation
from emsar.staff.acting import acting_user
from emsar.staff.models import User
from emsar.staff.pages import register_page

# The page shows no more of those that wait; the oldest come first, so the list empties itself.
WAITING_SHOWN = 30


@require_safe
def leaving_soon(request: HttpRequest) -> HttpResponse:
    """The list by day, as far as its reader may see the records themselves (E-2b)."""
    user = let_in(request, LEAVING.right)
    every = leaving.record_rules()
    chosen = [rule for rule in every if rule.name == request.GET.get("rule")] or every
    waiting = leaving.waiting_for_officer(user, chosen)
    page = cut(leaving.leaving_soon(user, chosen, leaving.today_in_baku()), request)
    rows = leaving.load(page.object_list, user)
    record("retention.list", actor=user.pk, detail={"rows": len(rows) + len(waiting)})
    context = frame(
        request,
        LEAVING,
        _("Leaving in the next 30 days"),
        rules=every,
        chosen=chosen[0] if len(chosen) == 1 < len(every) else None,
        waiting=[_Shown(one, user) for one in waiting[:WAITING_SHOWN]],
        waiting_count=len(waiting),
        rows=[_Shown(row, user) for row in rows],
        page=page,
        may_clear=user.has_perm("retention.add_clearance"),
        may_hold=user.has_perm("retention.add_legalhold"),
    )
    return TemplateResponse(request, "admin/retention/leaving.html", context)


class _Shown:
    """A line of the list with its addresses."""

    def __init__(self, row: leaving.Leaving, user: User) -> None:
        self.row, self.user = row, user

    @property
    def links(self) -> list[Link]:
        """What this colleague can do so that the record is kept."""
        return links_for(self.row.record, self.user)

    @property
    def address(self) -> str:
        """The page of the record; empty when the admin has none."""
        opts = self.row.rule.model._meta
        name = f"admin:{opts.app_label}_{opts.model_name}_change"
        try:
            return reverse(name, args=[self.row.record.pk])
        except NoReverseMatch:
            return ""

    @property
    def clear_address(self) -> str:
        return reverse("admin:retention_clear", args=[self.row.rule.name, self.row.record.pk])

    @property
    def hold_address(self) -> str:
        place = reverse("admin:retention_legalhold_add")
        return f"{place}?kind={LegalHold.Kind.RECORD}&target={self.row.record.pk}"


@require_http_methods(["GET", "HEAD", "POST"])
def clear_record(request: HttpRequest, name: str, pk: object) -> HttpResponse:
    """GET asks, POST lets a record go that nobody answered."""
    user = let_in(request, "retention.add_clearance")
    rule = next((one for one in leaving.record_rules() if one.name == name), None)
    if rule is None:
        raise Http404
    row = _row(leaving.visible_rows(rule, user), pk)
    if request.method == "POST":
        if (asked := confirmation(request)) is not None:
            return asked
        try:
            clear(rule, row, by=user)
        except ClearanceError as problem:
            return _ask(request, rule, row, str(problem), CONFLICT)
        messages.success(request, _("%(record)s goes in the next sweep.") % {"record": row})
        return redirect(LEAVING.address)
    return _ask(request, rule, row)


def _row(rows: QuerySet[Any], pk: object) -> Any:
    try:
        found = leaving.without_long_texts(rows).filter(pk=pk).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise Http404
    return found


def _subject_of(row: Any) -> UUID | None:
    """Whose record it is; None for what names no person."""
    found: UUID | None = getattr(row, "subject_id", None) or getattr(row, "person_id", None)
    return found


def _ask(
    request: HttpRequest, rule: Rule, row: Any, problem: str = "", status: int = 200
) -> HttpResponse:
    waiting = leaving.waiting_of(rule, request.user, timezone.now())  # type: ignore[arg-type]
    found = waiting.filter(pk=row.pk).first()
    line = leaving.line_of(rule, row, waits=found is not None)
    record("retention.view", actor=request.user.pk, subject=_subject_of(row), obj=row)
    context = frame(
        request,
        LEAVING,
        _("Destroy without waiting"),
        subtitle=str(row),
        one=_Shown(line, acting_user(request)),
        problem=problem,
        back=LEAVING.address,
    )
    return TemplateResponse(request, "admin/retention/clear.html", context, status=status)


register_page("retention_leaving", "retention/leaving/", leaving_soon)
register_page("retention_clear", "retention/leaving/<slug:name>/<uuid:pk>/clear/", clear_record)
