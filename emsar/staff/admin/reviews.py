"""The register of security reviews: officer and administrator write, the auditor reads (E-9e)."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from emsar.entities.wording import day_text
from emsar.staff.models import SecurityReview, User
from emsar.staff.panels import register_panel
from emsar.staff.permissions import allow
from emsar.staff.reviews.clock import due_after, months_between, state, today_in_baku
from emsar.staff.reviews.closing import ReviewClosedError, close
from emsar.staff.reviews.panel import reviews_panel
from emsar.staff.scoping import AuditedAdmin
from emsar.staff.verbpage import VerbForm, VerbPage, Visit

allow(("dpo", "administrator"), "staff.securityreview", "view", "add", "change")
allow(("auditor",), "staff.securityreview", "view")
register_panel(reviews_panel)

_ABOUT = ("held_on", "reviewer", "reviewer_words", "scope", "findings")
_COUNTS = (
    ("high_open", "high_closed"),
    ("medium_open", "medium_closed"),
    ("low_open", "low_closed"),
)
_AFTER = ("measures", "next_due")
_END = ("written_at", "written_by", "closed_at", "closed_by", "closing")
NOTHING_PERSONAL = gettext_lazy(
    "Please name no visitors and nothing of their requests: a review needs neither."
)
NARROW = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})


class ReviewForm(forms.ModelForm[SecurityReview]):
    """A review as it was held; without a day the next one is due by the schedule."""

    class Meta:
        model = SecurityReview
        fields = (*_ABOUT, *(name for pair in _COUNTS for name in pair), *_AFTER)
        widgets: ClassVar = {
            "reviewer_words": AdminTextInputWidget,
            **dict.fromkeys(("scope", "findings", "measures"), NARROW),
        }
        help_texts: ClassVar = {
            "reviewer_words": gettext_lazy("If it was nobody with a login here."),
            "findings": NOTHING_PERSONAL,
            "measures": NOTHING_PERSONAL,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "next_due" in self.fields:
            words = _("Empty: by the schedule (%(months)s months after the review).")
            self.fields["next_due"].help_text = words % {"months": months_between()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        held_on = data.get("held_on")
        if held_on and held_on > today_in_baku():
            self.add_error("held_on", _("A review is recorded once it was held."))
        elif held_on and "next_due" in data:
            data["next_due"] = data["next_due"] or due_after(held_on)
            if data["next_due"] > due_after(held_on):
                words = _("At most %(months)s months after the review.")
                self.add_error("next_due", words % {"months": months_between()})
            elif data["next_due"] <= held_on:
                self.add_error("next_due", _("The next review comes after this one."))
        if bool(data.get("reviewer")) == bool(data.get("reviewer_words")):
            words = _("Choose a colleague or name somebody from outside, one of the two.")
            self.add_error("reviewer", ValidationError(words, code="reviewer"))
        return data


class CloseForm(VerbForm[SecurityReview]):
    closing = forms.CharField(
        label=gettext_lazy("What was done about the findings"),
        help_text=NOTHING_PERSONAL,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class Close(VerbPage[SecurityReview]):
    """All that was found is dealt with; nothing of the review changes afterwards."""

    title = gettext_lazy("Close the review")
    button = gettext_lazy("Close the review")
    explanation = gettext_lazy(
        "All findings that are open count as closed from now on, and nothing of the review can be "
        "changed any more. What is still open belongs into the next review."
    )
    form = CloseForm
    template = "admin/reviews/close.html"
    refusals = (ReviewClosedError,)

    def find(self, model_admin: Any, request: HttpRequest, key: object) -> SecurityReview:
        if not request.user.has_perm("staff.change_securityreview"):
            raise PermissionDenied
        found: SecurityReview | None = model_admin.get_queryset(request).filter(pk=key).first()
        if found is None:
            raise Http404
        return found

    def address(self, thing: SecurityReview) -> str:
        return reverse("admin:staff_securityreview_change", args=[thing.pk])

    def do(self, thing: SecurityReview, data: dict[str, Any], user: User) -> str:
        close(thing, data["closing"], by=user)
        return _("the review is closed.")

    def refused(
        self, visit: Visit[SecurityReview], form: VerbForm[SecurityReview], problem: Exception
    ) -> HttpResponse:
        return self.again(visit, form, problem)

    def frame(self, visit: Visit[SecurityReview]) -> dict[str, Any]:
        return {**admin.site.each_context(visit.request), "opts": visit.model_admin.opts}


@admin.register(SecurityReview)
class SecurityReviewAdmin(AuditedAdmin):
    """What was written can be put right for a day; then it is closed, not edited."""

    list_display = ("held", "who", "found", "next", "standing")
    list_select_related = ("reviewer",)
    form = ReviewForm
    change_form_template = "admin/reviews/change_form.html"
    change_list_template = "admin/reviews/list.html"

    class Media:
        css: ClassVar = {"all": ("staff/reviews.css",)}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(Close().view, self))
        closing = path("<int:pk>/close/", view, name="staff_securityreview_close")
        return [closing, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        end = [] if obj is None or obj.closed_at is None else list(_END)
        return [
            (None, {"fields": list(_ABOUT)}),
            (gettext_lazy("Findings by severity"), {"fields": list(_COUNTS)}),
            (gettext_lazy("What follows"), {"fields": [*_AFTER, *end]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _END

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "reviewer":
            kwargs["queryset"] = User.objects.filter(is_active=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"held_on": today_in_baku()}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.can_be_edited())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool
    ) -> None:
        if not change:
            obj.written_by = request.user
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        review = context.get("original")
        may = request.user.has_perm("staff.change_securityreview")
        context["may_close"] = may and review is not None and review.closed_at is None
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"state": state(), **(extra_context or {})})

    @admin.display(description=gettext_lazy("held on"), ordering="held_on")
    def held(self, review: SecurityReview) -> str:
        return day_text(review.held_on)

    @admin.display(description=gettext_lazy("reviewer"))
    def who(self, review: SecurityReview) -> str:
        return review.reviewer.username if review.reviewer else review.reviewer_words or "—"

    @admin.display(description=gettext_lazy("findings"))
    def found(self, review: SecurityReview) -> str:
        words = {"open": review.open_findings, "closed": review.closed_findings}
        return _("open: %(open)s, closed: %(closed)s") % words

    @admin.display(description=gettext_lazy("next review due"), ordering="next_due")
    def next(self, review: SecurityReview) -> str:
        return day_text(review.next_due)

    @admin.display(description=gettext_lazy("state"))
    def standing(self, review: SecurityReview) -> SafeString:
        tone, words = (
            ("done", pgettext("review", "closed"))
            if review.closed_at
            else ("today", pgettext("review", "open"))
        )
        return format_html('<span class="badge badge--{}">{}</span>', tone, words)
