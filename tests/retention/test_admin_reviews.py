"""Once a year the officer says of each rule whether it is still needed (S-5d)."""

from datetime import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from emsar.audit import record
from emsar.audit.models import AuditEvent
from emsar.datamap.rules import evidence_rules, rule, rules
from emsar.entities.businessdays import BAKU
from emsar.retention.models import NecessityReview
from emsar.retention.reviews import ReviewError, reviewed, sign, states
from tests.factories import make_user, solutions_user
from tests.retention.desk import ends, hold_on, in_days, said, signed_in, today, url

pytestmark = pytest.mark.django_db

LIST = "necessityreview_changelist"


def sign_url(name: str = "consultation") -> str:
    return url("necessityreview_sign", name)


def due() -> set[str]:
    return {state.rule.name for state in states() if state.is_due}


def at(year: int, month: int, day: int):
    return time_machine.travel(datetime(year, month, day, 12, tzinfo=BAKU), tick=False)


def test_every_rule_is_due_until_it_was_reviewed() -> None:
    every = {one.name for one in (*rules(), *evidence_rules())}
    assert due() == every
    sign(rule("spam"), "needed", by=make_user())
    assert due() == every - {"spam"}


def test_review_is_due_again_a_year_later() -> None:
    with at(2026, 11, 22):
        sign(rule("spam"), "needed", by=make_user())
    for day, is_due in ((21, False), (22, True), (23, True)):
        with at(2027, 11, day):
            assert ("spam" in due()) is is_due, day


def test_officer_signs_with_the_number_of_records() -> None:
    ends(3)
    ends(-3)
    user = make_user()
    client = signed_in(user)
    assert "kept for 12 months" in client.get(sign_url()).text
    assert not NecessityReview.objects.exists()
    response = client.post(sign_url(), {"outcome": "needed"}, follow=True)
    assert said(response) == ["Signed: Requests for consultation."]
    review = NecessityReview.objects.get()
    assert (review.rule, review.year, review.outcome) == ("consultation", today().year, "needed")
    assert (review.records, review.signed_by) == (2, user.pk)
    event = AuditEvent.objects.get(action="retention.review")
    assert (event.actor, event.detail) == (user.pk, {"rule": "consultation", "outcome": "needed"})
    text = client.get(url(LIST)).text
    assert user.username in text
    assert "still needed as long as the rule says" in text


def test_term_that_should_be_shorter_is_said_what_to_do() -> None:
    response = signed_in(make_user()).post(sign_url(), {"outcome": "shorten"}, follow=True)
    assert "Now shorten the term" in said(response)[0]


def test_evidence_is_reviewed_like_everything_that_is_kept() -> None:
    client = signed_in(make_user())
    text = client.get(sign_url("views")).text
    assert "Views of personal data" in text
    assert "kept for 24 months" in text
    record("request.view", actor=None)
    record("request.close", actor=None)
    views = AuditEvent.objects.filter(action="request.view").count()
    others = AuditEvent.objects.exclude(action="request.view").count()
    client.post(sign_url("views"), {"outcome": "needed"})
    client.post(sign_url("audit_events"), {"outcome": "needed"})
    signed = dict(NecessityReview.objects.values_list("rule", "records"))
    assert signed["views"] == views
    assert signed["audit_events"] >= others


@pytest.mark.parametrize("outcome", ["", "perhaps"])
def test_answer_must_be_one_of_the_two(outcome: str) -> None:
    assert signed_in(make_user()).post(sign_url(), {"outcome": outcome}).status_code == 422
    with override("en"), pytest.raises(ReviewError, match="one of the two"):
        sign(rule("spam"), outcome, by=make_user())
    assert not NecessityReview.objects.exists()


def test_second_click_signs_nothing() -> None:
    client = signed_in(make_user())
    client.post(sign_url(), {"outcome": "needed"})
    response = client.post(sign_url(), {"outcome": "shorten"})
    assert response.status_code == 409
    assert "This rule was reviewed this year." in response.text
    assert NecessityReview.objects.get().outcome == "needed"


@pytest.mark.parametrize("role", ["auditor", "administrator", "entity_staff"])
def test_nobody_else_signs(role: str) -> None:
    user = solutions_user() if role == "entity_staff" else make_user(role)
    assert signed_in(user).post(sign_url(), {"outcome": "needed"}).status_code == 403
    with override("en"), pytest.raises(ReviewError, match="Only the data protection officer"):
        sign(rule("spam"), "needed", by=user)
    assert not NecessityReview.objects.exists()


def test_auditor_reads_without_a_way_to_sign() -> None:
    assert "/sign/" not in signed_in(make_user("auditor")).get(url(LIST)).text


def reminders(user) -> list[str]:
    panels = signed_in(user).get(reverse("admin:index")).context["panels"]
    found = [one for one in panels if one.title == "Retention: to be looked at again"]
    return [text for panel in found for text, _address in panel.context["lines"]]


def test_first_page_reminds_of_reviews_and_holds() -> None:
    request = ends(3)
    hold_on(request, review_on=in_days(0))
    hold_on(request, review_on=in_days(1), document="2")
    lines = reminders(make_user())
    assert lines[0].startswith("Legal hold to be looked at again since ")
    assert lines[0].endswith(f"request {request.reference}")
    assert lines[1:] == [f"Reviews of necessity due: {len(reviewed())}"]
    assert reminders(make_user("auditor")) == reminders(solutions_user()) == []


def test_first_page_names_the_one_rule_that_is_left() -> None:
    user = make_user()
    for one in reviewed():
        if one.name != "spam":
            sign(one, "needed", by=user)
    assert reminders(user) == ["Review of necessity due: Spam and duplicates"]
    sign(rule("spam"), "needed", by=user)
    assert reminders(user) == []
