"""What leaves soon, and what nobody answered: seen by whoever sees the record, cleared once."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from emsar.audit.models import AuditEvent
from emsar.datamap.rules import rule
from emsar.retention.clearances import ClearanceError, clear
from emsar.retention.due import due_rows
from emsar.retention.models import Clearance, LegalHold
from emsar.staff import tabs
from emsar.subjects.services import block
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import handling
from tests.factories import consulting_user, make_user, solutions_user
from tests.retention.desk import ends, hold_on, in_days, make_hold, said, signed_in, url

pytestmark = pytest.mark.django_db

RULE = "consultation"


def listed(user, **query: str) -> list[str]:
    context = signed_in(user).get(url("leaving"), query).context
    return [one.row.reference for one in context["rows"]]


def waiting(user, **query: str) -> list[str]:
    context = signed_in(user).get(url("leaving"), query).context
    return [one.row.reference for one in context["waiting"]]


def clear_url(request: ConsultationRequest) -> str:
    return url("clear", RULE, request.pk)


def test_next_thirty_nights_are_listed_by_day() -> None:
    last, first = ends(29), ends(0)
    ends(30)
    ends(-1)
    assert listed(make_user()) == [first.reference, last.reference]


def test_list_says_what_keeps_a_record_longer() -> None:
    held, open_one = ends(3), ends(4, answered=False)
    hold_on(held)
    rows = signed_in(make_user()).get(url("leaving")).context["rows"]
    found = {one.row.reference: (one.row.held, one.row.waits) for one in rows}
    assert found == {held.reference: (True, False), open_one.reference: (False, True)}


def test_record_leads_to_its_page_and_to_a_hold() -> None:
    request = ends(3)
    text = signed_in(make_user()).get(url("leaving")).text
    assert f"/admin/requests_inbox/consultationrequest/{request.pk}/change/" in text
    assert f"?kind=record&amp;target={request.pk}" in text
    assert request.name not in text


def test_staff_see_their_company_s_records_without_the_officer_s_verbs() -> None:
    mine, foreign = ends(3, service="cybersecurity"), ends(3, service="customs")
    late = ends(-1, answered=False, service="cybersecurity")
    assert listed(solutions_user()) == [mine.reference]
    assert listed(consulting_user()) == [foreign.reference]
    assert waiting(solutions_user()) == [late.reference]
    assert waiting(consulting_user()) == []
    text = signed_in(solutions_user()).get(url("leaving")).text
    assert "/legalhold/" not in text
    assert "/clear/" not in text


def test_blocked_record_is_shown_to_the_officer_alone() -> None:
    request = ends(3)
    block(request.subject, actor=None)
    assert listed(solutions_user()) == []
    assert listed(make_user()) == [request.reference]


def test_list_is_filtered_by_rule() -> None:
    plain, spam = ends(3), ends(4)
    ConsultationRequest.objects.filter(pk=spam.pk).update(close_reason="spam")
    assert listed(make_user(), rule="spam") == [spam.reference]
    assert listed(make_user(), rule=RULE) == [plain.reference]
    assert len(listed(make_user(), rule="nonsense")) == 2


def test_long_list_has_pages(monkeypatch) -> None:
    for _number in range(3):
        ends(3)
    monkeypatch.setattr(tabs, "ROWS", 2)
    pages = [listed(make_user(), page=page) for page in ("1", "2", "nonsense", "9")]
    assert [len(page) for page in pages] == [2, 1, 2, 1]
    assert not set(pages[0]) & set(pages[1])
    text = signed_in(make_user()).get(url("leaving"), {"rule": RULE}).text
    assert "?page=2&amp;rule=consultation" in text


def contract_page(request) -> str:
    return reverse("admin:requests_inbox_consultationrequest_contract", args=[request.pk])


def test_those_who_may_record_a_contract_are_led_to_its_page() -> None:
    request = ends(3, service="cybersecurity")
    for user in (make_user(), solutions_user()):
        assert contract_page(request) in signed_in(user).get(url("leaving")).text
    customer = {"contract_start": in_days(-400), "contract_end": in_days(-390)}
    ConsultationRequest.objects.filter(pk=request.pk).update(**customer)
    text = signed_in(make_user()).get(url("leaving")).text
    assert request.reference in text
    assert contract_page(request) not in text


def test_unanswered_come_first_with_the_day_on_which_they_go_anyway() -> None:
    late, later = ends(-1, answered=False), ends(-20, answered=False)
    context = signed_in(make_user()).get(url("leaving")).context
    found = [(one.row.reference, one.row.goes_anyway) for one in context["waiting"]]
    assert found == [(later.reference, in_days(10)), (late.reference, in_days(29))]


def test_what_is_held_or_has_waited_long_enough_does_not_wait() -> None:
    hold_on(ends(-1, answered=False))
    ends(-31, answered=False)
    assert waiting(make_user()) == []


def test_every_look_is_an_event() -> None:
    ends(3)
    ends(-1, answered=False)
    signed_in(make_user()).get(url("leaving"))
    assert AuditEvent.objects.get(action="retention.list").detail == {"rows": 2}


def test_officer_lets_a_record_go_without_waiting() -> None:
    request, user = ends(-1, answered=False), make_user()
    assert not due_rows(rule(RULE)).exists()
    client = signed_in(user)
    page = client.get(clear_url(request))
    assert "This cannot be undone." in page.text
    assert not Clearance.objects.exists()
    response = client.post(clear_url(request), follow=True)
    assert said(response) == [f"{request.reference} goes in the next sweep."]
    assert Clearance.objects.get().by == user.pk
    assert list(due_rows(rule(RULE))) == [request]
    event = AuditEvent.objects.get(action="retention.clear")
    assert (event.actor, event.subject) == (user.pk, request.subject_id)
    assert event.detail == {"rule": RULE}


def test_second_click_changes_nothing() -> None:
    request, client = ends(-1, answered=False), signed_in(make_user())
    client.post(clear_url(request))
    response = client.post(clear_url(request))
    assert response.status_code == 409
    assert "does not wait for you" in response.text
    assert Clearance.objects.count() == 1
    assert AuditEvent.objects.filter(action="retention.clear").count() == 1


@pytest.mark.parametrize(("days", "answered"), [(3, False), (-1, True), (-31, False)])
def test_what_does_not_wait_cannot_be_cleared(days: int, answered: bool) -> None:
    request = ends(days, answered=answered)
    response = signed_in(make_user()).post(clear_url(request))
    assert response.status_code == 409
    assert not Clearance.objects.exists()


def test_held_record_cannot_be_cleared() -> None:
    request = ends(-1, answered=False)
    make_hold(kind=LegalHold.Kind.SUBJECT, target=request.subject_id)
    assert signed_in(make_user()).post(clear_url(request)).status_code == 409


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_others_clear_nothing(role: str) -> None:
    request = ends(-1, answered=False)
    assert signed_in(make_user(role)).post(clear_url(request)).status_code == 403
    assert signed_in(solutions_user()).post(clear_url(request)).status_code == 403
    with override("en"), pytest.raises(ClearanceError, match="Only the data protection officer"):
        clear(rule(RULE), request, by=solutions_user())
    assert not Clearance.objects.exists()


def test_record_that_was_answered_meanwhile_stays() -> None:
    request, user = ends(-1, answered=False), make_user()
    handling.close(request, "no_answer_needed", by=user)
    assert signed_in(user).post(clear_url(request)).status_code == 409
