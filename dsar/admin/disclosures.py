"""The register of disclosures: entered before anything leaves, and never changed (E-6.3, E-6.4)."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
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

from consent.models import ConsentEvent
from dsar.admin.columns import field_words, split_words
from dsar.admin.forms import PersonField
from dsar.admin.frame import CONFLICT, DISCLOSURES, UNPROCESSABLE, frame, let_in, tabs_of
from dsar.models import Disclosure
from dsar.services import disclosures
from dsar.services.errors import CaseRefusedError
from dsar.walk import held_about, numbers_of
from emsar.audit import record
from emsar.entities.models import LegalReference
from emsar.staff.models import User
from emsar.staff.viewing import ViewedAdmin, short_moment
from emsar.subjects.admin.search import find_subjects
from emsar.subjects.models import DataSubject, DataSubjectQuerySet
from requests_inbox.forms import RawCharField, one_line

ADD = "dsar.add_disclosure"


class FindForm(forms.Form):
    person = PersonField(label=gettext_lazy("Of whom something is disclosed"))


class DisclosureForm(forms.Form):
    """What the register wants to know; the service checks it once more."""

    recipient = RawCharField(
        label=gettext_lazy("Who asked: the body, not a person"),
        max_length=disclosures.MAX_RECIPIENT,
        validators=[one_line],
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"), choices=Disclosure.Ground.choices, widget=forms.RadioSelect
    )
    document = RawCharField(
        label=gettext_lazy("Number of their document"),
        max_length=disclosures.MAX_DOCUMENT,
        required=False,
        validators=[one_line],
        help_text=gettext_lazy("Needed for a law, a court and an authority."),
    )
    legal_reference = forms.ModelChoiceField(
        LegalReference.objects.none(),
        label=gettext_lazy("Legal act on which this rests"),
        required=False,
        empty_label="---------",
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("Consent of the person"),
        required=False,
        help_text=gettext_lazy("Needed where nothing but consent allows it."),
    )
    fields_told = forms.MultipleChoiceField(
        label=gettext_lazy("Which data"),
        help_text=gettext_lazy("Only what is held about this person stands here."),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "grouped"}),
    )
    is_secret = forms.BooleanField(
        label=gettext_lazy("The law forbids telling the person"), required=False
    )

    def __init__(self, subject: DataSubject, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        fields: dict[str, Any] = self.fields
        fields["legal_reference"].queryset = LegalReference.objects.filter(active=True)
        fields["consent"].choices = [("", "---------"), *consents_of(subject)]
        fields["fields_told"].choices = held_fields(subject)

    def enter(self, subject: DataSubject, user: User) -> Disclosure:
        data = self.cleaned_data
        law = data["legal_reference"]
        return disclosures.disclose(
            subject.pk,
            recipient=data["recipient"],
            document=data["document"],
            ground=data["ground"],
            fields=data["fields_told"],
            by=user,
            legal_reference=law.pk if law else "",
            consent=UUID(data["consent"]) if data["consent"] else None,
            is_secret=data["is_secret"],
        )


def consents_of(subject: DataSubject) -> list[tuple[str, str]]:
    """The consents that the person gave, newest first."""
    rows = ConsentEvent.objects.filter(subject__in=numbers_of(subject.pk))
    rows = rows.filter(kind=ConsentEvent.Kind.GIVEN)
    return [
        (str(row.uid), f"{short_moment(row.at)}, {str(row.uid)[:8]}")
        for row in rows.order_by("-at")
    ]


def held_fields(subject: DataSubject) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be disclosed of what is held about a person: table by table, column by column."""
    groups: dict[str, list[tuple[str, str]]] = {}
    tables = {held.label for held in held_about(subject.pk) if held.rows.exists()}
    for name in disclosures.exportable_fields():
        model, _dot, column = name.rpartition(".")
        if model in tables:
            table, words = split_words(model, column)
            groups.setdefault(table, []).append((name, words))
    return list(groups.items())


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
        known=DataSubject.objects.filter(pk=entry.subject).exists(),
        intact=entry.intact(),
        sub=True,
    )
    return TemplateResponse(request, "admin/dsar/disclosure.html", context, status=status)


def export_view(model_admin: Any, request: HttpRequest, pk: object) -> HttpResponse:
    """POST hands out what the entry names, and nothing else; the service notes it."""
    user = let_in(request, ADD)
    entry = find_entry(model_admin, request, pk)
    if request.method != "POST":
        return redirect("admin:dsar_disclosure_change", entry.pk)
    try:
        content = disclosures.export(entry.uid, by=user)
    except CaseRefusedError as problem:
        return _show(request, entry, str(problem), CONFLICT)
    name = f"disclosure-{str(entry.uid)[:8]}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/json", headers=headers)
