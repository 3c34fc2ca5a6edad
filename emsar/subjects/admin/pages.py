"""The DPO's verbs for a person as a whole, each with a page that says what will happen."""

from abc import abstractmethod
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.audit import record
from emsar.staff.models import User
from emsar.staff.verbpage import UNPROCESSABLE, VerbForm, VerbPage, Visit, Words
from emsar.subjects import services
from emsar.subjects.admin.search import find_subjects
from emsar.subjects.identifiers import format_phone
from emsar.subjects.models import (
    DataSubject,
    IdentifierKind,
    Objection,
    SubjectIdentifier,
    UnblockReason,
)
from emsar.subjects.records import records_of
from emsar.subjects.services import SubjectStateError


def find_subject(model_admin: Any, http: HttpRequest, key: object) -> DataSubject:
    """The person of an address; Http404 for none, PermissionDenied for all but the DPO."""
    if not model_admin.has_view_permission(http):
        raise PermissionDenied
    found: DataSubject | None = model_admin.get_queryset(http).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def address_of(subject: DataSubject) -> str:
    return reverse("admin:subjects_datasubject_change", args=[subject.pk])


def shown(identifier: SubjectIdentifier) -> str:
    """An address as people write it."""
    value = identifier.value or ""
    return format_phone(value) if identifier.kind == IdentifierKind.PHONE else value


def facts(http: HttpRequest, subject: DataSubject) -> dict[str, Any]:
    """What is known of a person; looking at it is an audit event (E-9c)."""
    record("subject.view", actor=http.user.pk, subject=subject.pk, obj=subject)
    records = records_of(subject)
    return {
        "person": subject,
        "identifiers": [
            (row.get_kind_display(), shown(row)) for row in subject.identifiers.order_by("pk")
        ],
        "records": records,
        "moving": sum(line.moves for line in records),
        "objections": list(subject.objections.order_by("at")),
    }


def show(
    model_admin: Any,
    http: HttpRequest,
    subject: DataSubject,
    template: str = "page",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A page about a person."""
    context = {**frame(model_admin, http, subject), **more}
    name = f"admin/people/{template}.html"
    return TemplateResponse(http, name, context, status=status)


def frame(model_admin: Any, http: HttpRequest, subject: DataSubject) -> dict[str, Any]:
    """What every page about a person shows."""
    return {
        **model_admin.admin_site.each_context(http),
        **facts(http, subject),
        "opts": model_admin.opts,
        "title": _("Data subject %(number)s") % {"number": subject},
    }


class SubjectVerb(VerbPage[DataSubject]):
    """A verb of the officer's about a person; ``words`` are what is said when it is done."""

    words: ClassVar[Words]
    template = "admin/people/verb.html"
    refusals: ClassVar[tuple[type[Exception], ...]] = (SubjectStateError,)

    def find(self, model_admin: Any, request: HttpRequest, key: object) -> DataSubject:
        return find_subject(model_admin, request, key)

    def address(self, thing: DataSubject) -> str:
        return address_of(thing)

    def frame(self, visit: Visit[DataSubject]) -> dict[str, Any]:
        return frame(visit.model_admin, visit.request, visit.thing)

    @abstractmethod
    def act(self, subject: DataSubject, data: dict[str, Any], actor: Any) -> None:
        """Call the service."""

    def do(self, subject: DataSubject, data: dict[str, Any], user: User) -> str:
        self.act(subject, data, user.pk)
        return str(self.words)

    def said(self, thing: DataSubject, done: str) -> str:
        return done

    def refused(
        self, visit: Visit[DataSubject], form: VerbForm[DataSubject], problem: Exception
    ) -> HttpResponse:
        """Told on the person's page: another click or colleague was faster."""
        words = _("This is not possible: the record has changed meanwhile.")
        messages.error(visit.request, words)
        return self.back(visit)


class Block(SubjectVerb):
    title = gettext_lazy("Block the person's records")
    button = gettext_lazy("Block")
    explanation = gettext_lazy(
        "All records that exist now are hidden from everybody but the data protection officer. "
        "Nothing of them is answered, mailed or passed on until the block ends (E-8h). What the "
        "person sends later is not covered."
    )
    words = gettext_lazy("The records are blocked.")

    def act(self, subject: DataSubject, data: dict[str, Any], actor: Any) -> None:
        services.block(subject, actor=actor)


class UnblockForm(VerbForm[DataSubject]):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why the block ends"),
        choices=UnblockReason.choices,
        widget=forms.RadioSelect,
    )


class Unblock(SubjectVerb):
    title = gettext_lazy("End the block")
    button = gettext_lazy("End the block")
    explanation = gettext_lazy(
        "The records can be worked on again, and mails that were waiting are sent."
    )
    words = gettext_lazy("The block has ended.")
    form = UnblockForm
    second_factor = True

    def act(self, subject: DataSubject, data: dict[str, Any], actor: Any) -> None:
        services.unblock(subject, actor=actor, reason=data["reason"])


class ObjectionForm(VerbForm[DataSubject]):
    purpose = forms.ChoiceField(
        label=gettext_lazy("The person objects to"),
        choices=Objection.Purpose.choices,
        widget=forms.RadioSelect,
    )


class ObjectTo(SubjectVerb):
    title = gettext_lazy("Note an objection")
    button = gettext_lazy("Note the objection")
    explanation = gettext_lazy(
        "What rests on this purpose stops at once, everybody who works on a request of this person "
        "is told, and the data that only this purpose needed are deleted in their term (E-8f)."
    )
    words = gettext_lazy("The objection was noted.")
    form = ObjectionForm

    def act(self, subject: DataSubject, data: dict[str, Any], actor: Any) -> None:
        services.object_to(subject, data["purpose"], actor=actor)


class OtherForm(forms.Form):
    other = forms.CharField(
        label=gettext_lazy("The other record of the same person"),
        help_text=gettext_lazy("Email address, phone number, or number of the data subject."),
    )


def merge_view(model_admin: Any, http: HttpRequest, pk: object) -> HttpResponse:
    """First which other record, then what will happen, then it happens."""
    kept = find_subject(model_admin, http, pk)
    form = OtherForm(http.POST or None)
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return _merge_page(model_admin, http, kept, form, status=status)
    others = find_subjects(model_admin.get_queryset(http), form.cleaned_data["other"])
    found = list(others.exclude(pk=kept.pk)[:2])
    if len(found) != 1:
        form.add_error("other", _("No other record was found under this."))
        return _merge_page(model_admin, http, kept, form, status=UNPROCESSABLE)
    if http.POST.get("confirmed") != "yes":
        other = facts(http, found[0])
        return _merge_page(model_admin, http, kept, form, other=other)
    services.merge(kept, found[0], actor=http.user.pk)
    messages.success(http, _("The two records are one now."))
    return redirect(address_of(kept))


def _merge_page(
    model_admin: Any, http: HttpRequest, kept: DataSubject, form: OtherForm, **more: Any
) -> HttpResponse:
    title = _("Merge two records of one person")
    return show(
        model_admin, http, kept, "merge", title=title, subtitle=str(kept), form=form, **more
    )


VERBS = {
    "block": Block().view,
    "unblock": Unblock().view,
    "object": ObjectTo().view,
    "merge": merge_view,
}
