"""Legal holds: placed and released by the data protection officer, and by nobody else (E-4g)."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.audit import record
from emsar.entities.models import LegalReference
from emsar.entities.wording import capital, day_text
from emsar.retention import holds
from emsar.retention.admin.frame import CONFLICT, HOLDS, UNPROCESSABLE, frame, let_in, tabs_of
from emsar.retention.admin.sweeps import badge
from emsar.retention.leaving import today_in_baku
from emsar.retention.models import LegalHold
from emsar.retention.targets import Target, find_target, target_of, wide_choices
from emsar.staff.access.stepup import confirmation
from emsar.staff.models import User
from emsar.staff.viewing import ViewedAdmin, short_moment

ADD = "retention.add_legalhold"
CHANGE = "retention.change_legalhold"


class HoldForm(forms.ModelForm[LegalHold]):
    """The ground of a hold; what it keeps comes from the page before, or from the list."""

    scope = forms.ChoiceField(label=gettext_lazy("What is kept"))

    class Meta:
        model = LegalHold
        fields = ("scope", "reason", "legal_reference", "document", "review_on")
        widgets = {"review_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, *args: Any, target: Target | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        references: Any = self.fields["legal_reference"]
        references.queryset = LegalReference.objects.filter(active=True)
        tomorrow = today_in_baku() + timedelta(days=1)
        self.fields["review_on"].widget.attrs["min"] = tomorrow.isoformat()
        if target is not None:
            del self.fields["scope"]
        else:
            scope: Any = self.fields["scope"]
            scope.choices = [("", "---------"), *wide_choices()]

    def clean_review_on(self) -> Any:
        day = self.cleaned_data["review_on"]
        if day <= today_in_baku():
            raise ValidationError(_("Choose a day in the future."), code="past")
        return day

    def hold(self) -> LegalHold:
        """The hold that was described, not stored yet."""
        kind, _colon, code = self.cleaned_data.get("scope", "").partition(":")
        data = {name: self.cleaned_data[name] for name in HoldForm.Meta.fields if name != "scope"}
        return LegalHold(kind=kind, code=code, **data)


@admin.register(LegalHold)
class LegalHoldAdmin(ViewedAdmin):
    """All holds, those in force first; the review that is overdue says so in words."""

    audit_name = "hold"
    list_display = ("kept", "ground", "review", "placed", "state")
    list_display_links = ("kept",)
    list_select_related = ("legal_reference",)
    list_per_page = 50
    change_list_template = "admin/retention/holds.html"

    class Media:
        css = {"all": ("retention/admin.css",)}

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("released_at").desc(nulls_first=True), "review_on", "placed_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(ADD))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(release_view, self))
        ending = path("<uuid:pk>/release/", view, name="retention_legalhold_release")
        return [ending, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        tabs = {"tabs": tabs_of(request.user), "tab": HOLDS}
        return super().changelist_view(request, {**tabs, **(extra_context or {})})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return place_view(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        let_in(request, HOLDS.right)
        hold = find_hold(self, request, unquote(object_id))
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return _page(request, hold, _("Legal hold"))

    @admin.display(description=gettext_lazy("what is kept"), ordering="kind")
    def kept(self, hold: LegalHold) -> str:
        name = target_of(hold).name
        return f"{hold.get_kind_display()}: {name}" if hold.code else capital(name)

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def ground(self, hold: LegalHold) -> SafeString:
        """The reason, and below it the law and the document that it rests on."""
        rest = [str(hold.legal_reference), *filter(None, [hold.document])]
        return format_html(
            '{} <span class="quiet">{}</span>', hold.get_reason_display(), ", ".join(rest)
        )

    @admin.display(description=gettext_lazy("look again on"), ordering="review_on")
    def review(self, hold: LegalHold) -> SafeString | str:
        return review_words(hold)

    @admin.display(description=gettext_lazy("placed"), ordering="placed_at")
    def placed(self, hold: LegalHold) -> str:
        return short_moment(hold.placed_at)

    @admin.display(description=gettext_lazy("state"), ordering="released_at")
    def state(self, hold: LegalHold) -> SafeString:
        if hold.released_at is None:
            return badge(_("in force"), "new")
        released = {"when": short_moment(hold.released_at)}
        return badge(_("released %(when)s") % released, "quiet")


def review_words(hold: LegalHold) -> SafeString | str:
    """The day to look again, in red words once it has come."""
    day = day_text(hold.review_on)
    if hold.released_at is not None or hold.review_on > today_in_baku():
        return day
    return format_html("{} {}", day, badge(_("review overdue"), "overdue"))


def find_hold(model_admin: Any, request: HttpRequest, pk: object) -> LegalHold:
    """The hold of an address; Http404 for none."""
    try:
        found: LegalHold | None = model_admin.get_queryset(request).filter(pk=pk).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise Http404
    return found


def place_view(request: HttpRequest) -> HttpResponse:
    """GET asks for the ground, POST places the hold on the person, record, company or rule."""
    user = let_in(request, ADD)
    kind, number = request.GET.get("kind", ""), request.GET.get("target", "")
    target = find_target(kind, number) if kind or number else None
    if (kind or number) and target is None:
        raise Http404
    form = HoldForm(request.POST if request.method == "POST" else None, target=target)
    if not form.is_bound:
        return _place_page(request, form, target, kind)
    if not form.is_valid():
        return _place_page(request, form, target, kind, UNPROCESSABLE)
    hold = form.hold()
    if target is not None:
        hold.kind, hold.target = kind, UUID(number)
    try:
        holds.place(hold, by=user)
    except holds.HoldError as problem:
        form.add_error(None, str(problem))
        return _place_page(request, form, target, kind, CONFLICT)
    messages.success(request, _("The hold is in force."))
    return redirect("admin:retention_legalhold_change", hold.pk)


def _place_page(
    request: HttpRequest, form: HoldForm, target: Target | None, kind: str, status: int = 200
) -> HttpResponse:
    if target is not None:
        detail: dict[str, str | int] = {"kind": kind}
        record("hold.target.view", actor=request.user.pk, subject=target.subject, detail=detail)
    context = frame(
        request,
        HOLDS,
        _("Place a legal hold"),
        form=form,
        target=target,
        kind=LegalHold.Kind(kind).label if target else "",
        back=target.address if target and target.address else HOLDS.address,
    )
    return TemplateResponse(request, "admin/retention/place.html", context, status=status)


def release_view(model_admin: Any, request: HttpRequest, pk: object) -> HttpResponse:
    """GET shows what goes once the hold ends, POST ends it."""
    user = let_in(request, CHANGE)
    hold = find_hold(model_admin, request, pk)
    title = _("Release the legal hold")
    if request.method != "POST":
        return _page(request, hold, title, freed=holds.freed_by(hold), asks=True)
    if (asked := confirmation(request)) is not None:
        return asked
    try:
        holds.release(hold, by=user)
    except holds.HoldError as problem:
        return _page(request, hold, title, problem=str(problem), status=CONFLICT)
    messages.success(request, _("The hold has ended."))
    return redirect(HOLDS.address)


def _page(
    request: HttpRequest, hold: LegalHold, title: str, status: int = 200, **more: Any
) -> HttpResponse:
    target = target_of(hold)
    record("hold.view", actor=request.user.pk, subject=target.subject, obj=hold)
    people = [number for number in (hold.placed_by, hold.released_by) if number]
    context = frame(
        request,
        HOLDS,
        title,
        subtitle=target.name,
        hold=hold,
        target=target,
        review=review_words(hold),
        names=dict(User.objects.filter(pk__in=people).values_list("pk", "username")),
        release=reverse("admin:retention_legalhold_release", args=[hold.pk]),
        **more,
    )
    return TemplateResponse(request, "admin/retention/hold.html", context, status=status)
