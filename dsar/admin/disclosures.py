"""The register of disclosures: entered before anything leaves, and never changed (E-6.3, E-6.4)."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.columns import field_words
from dsar.admin.disclosing import DisclosureForm, FindForm
from dsar.admin.frame import CONFLICT, DISCLOSURES, UNPROCESSABLE, frame, let_in, tabs_of
from dsar.models import Disclosure
from dsar.services import disclosures
from dsar.services.errors import CaseRefusedError
from emsar.audit import record
from emsar.entities.models import LegalReference
from emsar.staff.access.stepup import confirmation
from emsar.staff.models import User
from emsar.staff.viewing import ViewedAdmin, short_moment
from emsar.subjects.admin.search import find_subjects
from emsar.subjects.models import DataSubject, DataSubjectQuerySet
from requests_inbox.models import ConsultationRequest

ADD = "dsar.add_disclosure"


def told_words(name: str) -> str:
    """A column of the map in words."""
    model, _dot, column = name.rpartition(".")
    return field_words(model, column)


@admin.register(Disclosure)
class DisclosureAdmin(ViewedAdmin):
    """Newest first; an entry is read, and what it names is exported, by the officer alone."""

    audit_name = "disclosure"
    list_display = ("when", "recipient", "shown_ground", "number", "secret", "intact_row")
    list_display_links = ("when",)
    list_filter = ("ground",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    change_list_template = "admin/dsar/disclosures.html"

    class Media:
        css = {"all": ("retention/admin.css", "dsar/admin.css")}

    def subject_of(self, obj: Any) -> UUID | None:
        found: UUID = obj.subject
        return found

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(ADD))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(export_view, self))
        export = path("<int:pk>/export/", view, name="dsar_disclosure_export")
        return [export, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        tabs = {"tabs": tabs_of(request.user), "tab": DISCLOSURES}
        return super().changelist_view(request, {**tabs, **(extra_context or {})})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        user = let_in(request, ADD)
        if "subject" in request.GET:
            return _enter(request, user, find_subject(request.GET["subject"]))
        return _find(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        let_in(request, DISCLOSURES.right)
        entry = find_entry(self, request, unquote(object_id))
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        record("disclosure.view", actor=request.user.pk, subject=entry.subject, obj=entry)
        return _show(request, entry)

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, entry: Disclosure) -> str:
        return short_moment(entry.at)

    @admin.display(description=gettext_lazy("ground"), ordering="ground")
    def shown_ground(self, entry: Disclosure) -> str:
        return entry.get_ground_display()

    @admin.display(description=gettext_lazy("number of the document"))
    def number(self, entry: Disclosure) -> str:
        return entry.document or "—"

    @admin.display(description=gettext_lazy("told to the person"), ordering="is_secret")
    def secret(self, entry: Disclosure) -> SafeString:
        words, tone = (_("no"), "today") if entry.is_secret else (_("yes"), "done")
        return format_html('<span class="badge badge--{}">{}</span>', tone, words)

    @admin.display(description=gettext_lazy("as written"), boolean=True)
    def intact_row(self, entry: Disclosure) -> bool:
        return entry.intact()


def find_entry(model_admin: Any, request: HttpRequest, key: object) -> Disclosure:
    """The entry of an address; Http404 for none."""
    try:
        found: Disclosure | None = model_admin.get_queryset(request).filter(pk=key).first()
    except (ValidationError, ValueError, OverflowError):
        found = None
    if found is None:
        raise Http404
    return found


def find_subject(key: str) -> DataSubject:
    """The person of a full number; Http404 for none."""
    everybody: DataSubjectQuerySet = DataSubject.objects.all()
    try:
        return find_subjects(everybody, str(UUID(key))).get()
    except (ValueError, DataSubject.DoesNotExist):
        raise Http404 from None


def _find(request: HttpRequest) -> HttpResponse:
    """First of whom; the answer is an address with a number, never with an address."""
    form = FindForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        number = form.cleaned_data["person"].pk
        return redirect(f"{reverse('admin:dsar_disclosure_add')}?subject={number}")
    context = frame(request, DISCLOSURES, _("Enter a disclosure"), form=form, sub=True)
    status = UNPROCESSABLE if form.is_bound else 200
    return TemplateResponse(request, "admin/dsar/disclosure_find.html", context, status=status)


def _enter(request: HttpRequest, user: User, subject: DataSubject) -> HttpResponse:
    form = DisclosureForm(subject, request.POST if request.method == "POST" else None)
    if "records" in form.fields:
        # Names are shown here, so that the look is noted for the person (E-9c).
        record("disclosure.records", actor=user.pk, subject=subject.pk, obj=subject)
    status = 200
    if form.is_bound:
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                entry = form.enter(subject, user)
            except CaseRefusedError as problem:
                form.add_error(None, str(problem))
                status = CONFLICT
            else:
                messages.success(request, _("The disclosure is entered; now it may leave."))
                return redirect("admin:dsar_disclosure_change", entry.pk)
    context = frame(
        request, DISCLOSURES, _("Enter a disclosure"), form=form, subject=subject, sub=True
    )
    return TemplateResponse(request, "admin/dsar/disclosure_form.html", context, status=status)


def _show(
    request: HttpRequest, entry: Disclosure, problem: str = "", status: int = 200
) -> HttpResponse:
    law = LegalReference.objects.filter(pk=entry.legal_reference).first()
    approver = User.objects.filter(pk=entry.approver).first()
    context = frame(
        request,
        DISCLOSURES,
        _("Disclosure"),
        entry=entry,
        problem=problem,
        law=law,
        approver=approver.get_full_name() if approver else "—",
        told=[told_words(name) for name in entry.fields],
        chosen=_chosen(entry),
        known=DataSubject.objects.filter(pk=entry.subject).exists(),
        intact=entry.intact(),
        sub=True,
    )
    return TemplateResponse(request, "admin/dsar/disclosure.html", context, status=status)


def _chosen(entry: Disclosure) -> list[str]:
    """What was chosen by its reference, or by its number once it is gone; empty for all."""
    numbers = entry.records or []
    rows = ConsultationRequest.objects.filter(pk__in=numbers)
    known = {str(key): reference for key, reference in rows.values_list("pk", "reference")}
    return [known.get(number, number) for number in numbers]


def export_view(model_admin: Any, request: HttpRequest, pk: object) -> HttpResponse:
    """POST hands out what the entry names, and nothing else; the service notes it."""
    user = let_in(request, ADD)
    entry = find_entry(model_admin, request, pk)
    if request.method != "POST":
        return redirect("admin:dsar_disclosure_change", entry.pk)
    if (asked := confirmation(request)) is not None:
        return asked
    try:
        content = disclosures.export(entry.uid, by=user)
    except CaseRefusedError as problem:
        return _show(request, entry, str(problem), CONFLICT)
    name = f"disclosure-{str(entry.uid)[:8]}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/json", headers=headers)
