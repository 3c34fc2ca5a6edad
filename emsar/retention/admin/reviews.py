"""The yearly review of each rule (S-5d): which are due, and the page on which one is signed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from emsar.datamap.rules import Governed, Rule
from emsar.entities.wording import capital
from emsar.retention.admin.frame import CONFLICT, REVIEWS, UNPROCESSABLE, frame, let_in
from emsar.retention.figures import figures_of
from emsar.retention.models import NecessityReview
from emsar.retention.reviews import ReviewError, governed, reviewed, sign, states
from emsar.retention.wording import covered
from emsar.staff.models import User
from emsar.staff.scoping import ReadOnlyAdmin


class ReviewForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Is what this rule keeps still needed for so long?"),
        choices=NecessityReview.Outcome.choices,
        widget=forms.RadioSelect,
    )


@admin.register(NecessityReview)
class NecessityReviewAdmin(ReadOnlyAdmin):
    """Rules with their last review; what was signed stays as it is."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(sign_review)
        signing = path("<slug:name>/sign/", view, name="retention_necessityreview_sign")
        return [signing, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user = let_in(request, REVIEWS.right)
        found = states()
        signers = [one.last.signed_by for one in found if one.last and one.last.signed_by]
        context = frame(
            request,
            REVIEWS,
            _("Reviews of necessity"),
            states=found,
            due=sum(state.is_due for state in found),
            names=dict(User.objects.filter(pk__in=signers).values_list("pk", "username")),
            may_sign=user.has_perm("retention.add_necessityreview"),
            opts=self.opts,
        )
        return TemplateResponse(request, "admin/retention/reviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_review(request: HttpRequest, name: str) -> HttpResponse:
    """GET shows what the rule keeps, POST signs the answer for this year."""
    user = let_in(request, "retention.add_necessityreview")
    found = next((one for one in reviewed() if one.name == name), None)
    if found is None:
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _ask(request, found, form)
    if not form.is_valid():
        return _ask(request, found, form, UNPROCESSABLE)
    try:
        review = sign(found, form.cleaned_data["outcome"], by=user)
    except ReviewError as problem:
        form.add_error(None, str(problem))
        return _ask(request, found, form, CONFLICT)
    messages.success(request, _said(review, found))
    return redirect(REVIEWS.address)


def _said(review: NecessityReview, rule: Governed) -> str:
    words = {"rule": capital(covered(rule))}
    if review.outcome == NecessityReview.Outcome.SHORTEN:
        return _("Signed: %(rule)s. Now shorten the term in a new draft or in the profile.") % words
    return _("Signed: %(rule)s.") % words


def _ask(request: HttpRequest, rule: Governed, form: ReviewForm, status: int = 200) -> HttpResponse:
    last = NecessityReview.objects.filter(rule=rule.name).order_by("-signed_at").first()
    context = frame(
        request,
        REVIEWS,
        _("Review of necessity"),
        subtitle=capital(covered(rule)),
        rule=rule,
        governed=governed(rule),
        figures=figures_of(rule) if isinstance(rule, Rule) else None,
        last=last,
        form=form,
        back=REVIEWS.address,
    )
    return TemplateResponse(request, "admin/retention/sign.html", context, status=status)
