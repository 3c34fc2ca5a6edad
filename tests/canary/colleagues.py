"""What colleagues do about colleagues, security and a person, in known words."""

from datetime import timedelta

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from emsar.staff.models import Approval, SecurityReview, User
from emsar.subjects.models import DataSubject
from tests.canary.rights import law
from tests.canary.words import (
    CLOSING,
    EMAIL,
    FINDINGS,
    MEASURES,
    NAME,
    OTHER_EMAIL,
    PURPOSE,
    REASON,
    REVIEWER,
    SCOPE,
)
from tests.staff.access.test_stepup import hidden
from tests.staff.test_reviews import entries


def ask_about(administrator: Client, officer: User) -> None:
    """An officer has lost the phone and has a new address: other officers are asked."""
    for verb, fields in (("factor", {}), ("address", {"email": OTHER_EMAIL})):
        address = reverse(f"admin:staff_user_{verb}", args=[officer.pk])
        assert administrator.post(address, {**fields, "reason": REASON}).status_code == 302


def decide(officer: Client) -> None:
    """Yes to the new address, and no to the rest."""
    assert REASON in officer.get(reverse("admin:approvals")).text
    for asked in Approval.objects.order_by("kind"):
        word = "yes" if asked.kind == Approval.Kind.ADDRESS else "no"
        address = reverse("admin:decide_approval", args=[asked.pk])
        assert officer.post(address, {"answer": word}).status_code == 302


def review(administrator: Client) -> None:
    """A review of security is written down, put right and closed."""
    words = {"reviewer_words": REVIEWER, "scope": SCOPE, "findings": FINDINGS}
    given = entries(**words, measures=MEASURES)
    add = reverse("admin:staff_securityreview_add")
    assert administrator.post(add, {**given, "held_on": ""}).status_code == 200
    assert administrator.post(add, given).status_code == 302
    key = SecurityReview.objects.get().pk
    change = reverse("admin:staff_securityreview_change", args=[key])
    assert administrator.post(change, given | {"low_open": "1"}).status_code == 302
    close = reverse("admin:staff_securityreview_close", args=[key])
    assert administrator.post(close, {"closing": CLOSING}).status_code == 302


def hold(officer: Client, person: DataSubject) -> None:
    """By its ground, which is a code, a law and the number of a paper; then let go again.

    A wrong day brings the page back with what was typed.
    """
    place = f"{reverse('admin:retention_legalhold_add')}?kind=subject&target={person.pk}"
    day = timezone.localdate() + timedelta(days=30)
    ground = {"reason": "court", "legal_reference": law(), "document": "2-1(102)-14/2026"}
    assert officer.get(place).status_code == 200
    wrong = {**ground, "document": f"{NAME} {EMAIL}", "review_on": "2001-01-01"}
    assert officer.post(place, wrong).status_code == 422
    assert officer.post(place, {**ground, "review_on": day.isoformat()}).status_code == 302


def look_up(officer: Client, person: DataSubject) -> None:
    """The person is searched for, looked at, and who looked is looked up."""
    listing = reverse("admin:subjects_datasubject_changelist")
    assert officer.get(listing, {"q": EMAIL}).status_code == 200
    for name in ("change", "looks"):
        address = reverse(f"admin:subjects_datasubject_{name}", args=[person.pk])
        assert officer.get(address).status_code == 200


def export_looks(officer: Client, person: DataSubject) -> HttpResponse:
    address = reverse("admin:subjects_datasubject_looks", args=[person.pk])
    return officer.post(f"{address}?export=1", {"purpose": "other", "words": PURPOSE})


def answer(officer: Client, asked: HttpResponse, code: str) -> HttpResponse:
    """Type the code of the second factor on the page that asks for it."""
    fields = {**hidden(asked.text), "second_factor-code": code}
    return officer.post(asked.wsgi_request.get_full_path(), fields)
