"""Rights of persons in the admin: the officer's board, each case, its verbs, and the registers."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path

from dsar.admin import disclosures, figurespage, register  # noqa: F401 - each registers its pages
from dsar.admin.board import board
from dsar.admin.byhand import HandOver, Tell
from dsar.admin.casepage import address_of, find_case, show
from dsar.admin.choosing import ChooseRecords, PickSubject
from dsar.admin.erasing import Approve, Explain, Second
from dsar.admin.intake import intake_view
from dsar.admin.people import cases_of
from dsar.admin.receipt import Receipt
from dsar.admin.rights import Block, Lift, ObjectTo, Propose, decide_view
from dsar.admin.undelivered import ToldOtherwise
from dsar.admin.verbpage import VerbPage
from dsar.admin.verbs import (
    Answer,
    Extend,
    MailLink,
    Message,
    Note,
    Prove,
    Question,
    Refuse,
    Release,
    Resume,
    Withdraw,
)
from dsar.models import Case
from dsar.panels import cases_panel, figures_panel, intake_panel
from emsar.staff.panels import register_panel
from emsar.staff.permissions import allow
from emsar.staff.viewing import ViewedAdmin
from emsar.subjects.records import register_records

allow(("dpo",), "dsar.case", "view", "change")
allow(("dpo", "entity_staff"), "dsar.case", "add")
allow(("dpo",), "dsar.disclosure", "view", "add")
# The page of the figures belongs to no table; its right is named the same way.
allow(("dpo", "auditor"), "dsar.figure", "view")

for _panel in (cases_panel, figures_panel, intake_panel):
    register_panel(_panel)
register_records(cases_of)

VERBS: tuple[type[VerbPage], ...] = (
    Tell, HandOver, ToldOtherwise, Receipt, MailLink, Prove, PickSubject, ChooseRecords, Approve,
    Second, Explain, Release, Propose, ObjectTo, Block, Lift, Answer, Question, Resume, Extend,
    Refuse, Withdraw, Message, Note,
)  # fmt: skip


@admin.register(Case)
class CaseAdmin(ViewedAdmin):
    """The officer sees every case; company staff may open one, and see nothing afterwards."""

    audit_name = "case"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("dsar.add_case"))

    def get_urls(self) -> list[URLPattern]:
        own = [
            self._path(f"<uuid:pk>/{verb.name}/", partial(verb().view, self), verb.name)
            for verb in VERBS
        ]
        decide = self._path("<uuid:pk>/proposals/<uuid:number>/", decide_view, "decide")
        return [*own, decide, *super().get_urls()]

    def _path(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        return path(route, self.admin_site.admin_view(view), name=f"dsar_case_{name}")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return board(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return intake_view(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        case = find_case(request, unquote(object_id))
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return show(request, case)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        case = find_case(request, unquote(object_id))
        return redirect(f"{address_of(case)}#timeline")
