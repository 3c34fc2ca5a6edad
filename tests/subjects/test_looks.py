"""Who looked at a person: every page about them, by day, for the officer alone (E-9c)."""

import uuid
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from emsar.audit import record
from emsar.audit.models import AuditEvent
from emsar.entities.businessdays import BAKU
from emsar.staff.models import Role
from emsar.subjects.models import DataSubject
from emsar.subjects.services import block, merge
from requests_inbox.models import ConsultationRequest
from tests.exports import lines_of, taken
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(subject: DataSubject, query: str = "") -> str:
    return f"{reverse('admin:subjects_datasubject_looks', args=[subject.pk])}{query}"


def page_of(item: ConsultationRequest) -> str:
    return reverse("admin:requests_inbox_consultationrequest_change", args=[item.pk])


@pytest.fixture
def item() -> ConsultationRequest:
    return make_request()


def test_look_of_a_colleague_stands_there_with_what_was_opened(item):
    signed_in(solutions_user(username="leyla")).get(page_of(item))
    text = signed_in(make_user(Role.DPO)).get(address(item.subject)).text
    for shown in ("leyla", "company staff", "opened", "request.view", item.reference):
        assert shown in text
    assert f'href="{page_of(item)}"' in text
    assert "Whoever looked through a list without a search is noted" in text


def test_colleague_who_left_stays_readable(item):
    user = solutions_user(username="leyla")
    signed_in(user).get(page_of(item))
    user.is_active = False
    user.save()
    text = signed_in(make_user(Role.DPO)).get(address(item.subject)).text
    assert "leyla" in text
    assert '<span class="badge">left</span>' in text


def test_opening_the_page_is_an_event_that_is_shown_the_next_time(item):
    officer = make_user(Role.DPO)
    client = signed_in(officer)
    assert "Nobody looked." in client.get(address(item.subject)).text
    event = AuditEvent.objects.get(action="looks.view")
    assert (event.actor, event.subject) == (officer.pk, item.subject_id)
    assert "looked up who looked" in client.get(address(item.subject)).text


def test_search_that_found_the_person_stands_there(item):
    other = make_request(name="Somebody Else")
    requests = reverse("admin:requests_inbox_consultationrequest_changelist")
    signed_in(solutions_user(username="leyla")).get(requests, {"q": item.reference})
    officer = make_user(Role.DPO)
    found = signed_in(officer).get(
        reverse("admin:subjects_datasubject_changelist"), {"q": str(item.subject_id)}
    )
    assert found.status_code == 200
    events = AuditEvent.objects.filter(action__endswith=".found").order_by("id")
    assert [(row.action, row.subject) for row in events] == [
        ("request.found", item.subject_id),
        ("subject.found", item.subject_id),
    ]
    assert "found by a search" in signed_in(officer).get(address(item.subject)).text
    assert "request.found" not in signed_in(officer).get(address(other.subject)).text


def test_deeds_of_the_person_and_of_the_machine_are_not_looks(item):
    record("request.withdraw", actor=None, subject=item.subject_id, obj=item)
    assert signed_in(make_user(Role.DPO)).get(address(item.subject)).context["days"] == []


def test_lists_and_other_persons_do_not_appear(item):
    client = signed_in(solutions_user())
    client.get("/admin/requests_inbox/consultationrequest/")
    client.get(page_of(make_request()))
    assert signed_in(make_user(Role.DPO)).get(address(item.subject)).context["days"] == []


def looked(item: ConsultationRequest, user, moment: str) -> None:
    with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=BAKU), tick=False):
        record("request.view", actor=user.pk, subject=item.subject_id, obj=item)


def test_looks_are_grouped_by_the_day_of_baku_newest_first(item):
    user = solutions_user()
    for moment in ("2026-11-20T00:01", "2026-11-20T23:59", "2026-11-21T00:01"):
        looked(item, user, moment)
    response = signed_in(make_user(Role.DPO)).get(address(item.subject))
    days = [(day.isoformat(), len(rows)) for day, rows in response.context["days"]]
    assert days == [("2026-11-21", 1), ("2026-11-20", 2)]
    assert "20 November 2026, 00:01" in response.text
    assert "21 November 2026, 00:01" in response.text


def test_filters_narrow_it_to_a_colleague_and_to_days(item):
    one, other = solutions_user(), solutions_user()
    looked(item, one, "2026-11-19T23:59")
    looked(item, one, "2026-11-20T10:00")
    looked(item, other, "2026-11-21T00:00")
    client = signed_in(make_user(Role.DPO))

    def count(query: str) -> int:
        return client.get(address(item.subject, query)).context["page"].paginator.count

    assert count("?until=2026-11-21") == 3
    assert count(f"?colleague={other.pk}") == 1
    assert count("?since=2026-11-20&until=2026-11-20") == 1
    assert count("?until=2026-11-20") == 2
    assert count(f"?colleague={one.pk}&since=2026-11-21") == 0
    for odd in ("?since=x", "?colleague=x", "?page=x", "?until=9999-12-31"):
        assert client.get(address(item.subject, odd)).status_code == 200
    assert "Choose another colleague" in client.get(address(item.subject, "?since=2030-01-01")).text


def test_thing_that_is_gone_is_named_by_its_key_and_has_no_page(item):
    key = uuid.uuid4()
    gone = ConsultationRequest(pk=key)
    record("request.view", actor=solutions_user().pk, subject=item.subject_id, obj=gone)
    event = AuditEvent(
        action="old.view", actor=solutions_user().pk, subject=item.subject_id,
        object_type="gone.model", object_id="7",
    )  # fmt: skip
    event.save()
    text = signed_in(make_user(Role.DPO)).get(address(item.subject)).text
    assert str(key) in text
    assert f"{key}/change/" not in text
    assert "gone.model" in text


def test_look_before_a_merger_is_there_after_it(item):
    doubled = make_request()
    record("request.view", actor=solutions_user().pk, subject=doubled.subject_id, obj=doubled)
    merge(item.subject, doubled.subject, actor=None)
    response = signed_in(make_user(Role.DPO)).get(address(item.subject))
    assert [len(rows) for _day, rows in response.context["days"]] == [1]


def test_export_that_the_person_was_in_stands_there(item):
    taken(
        signed_in(solutions_user()),
        "/admin/requests_inbox/consultationrequest/export/",
        contacts="on",
    )
    text = signed_in(make_user(Role.DPO)).get(address(item.subject)).text
    assert "exported with name and address" in text


def test_sheet_has_the_same_and_is_noted_with_the_person(item):
    looked(item, solutions_user(username="leyla"), "2026-11-20T10:00")
    client = signed_in(make_user(Role.DPO))
    rows = lines_of(taken(client, address(item.subject, "?until=2026-11-20&export=1"), "person"))
    assert rows[1] == [
        "2026-11-20 10:00:00", "leyla", "company staff", "EMSAR SOLUTIONS LLC", "opened",
        "request.view", "Request", item.reference,
    ]  # fmt: skip
    assert len(rows) == 2
    assert AuditEvent.objects.get(action="staff.export").detail["kind"] == "looks"
    assert AuditEvent.objects.get(action="subject.export_looks").subject == item.subject_id


@pytest.mark.parametrize("role", [role for role in Role if role != Role.DPO])
def test_nobody_but_the_officer_may(item, role):
    user = solutions_user() if role == Role.ENTITY_STAFF else make_user(role)
    for query in ("", "?export=1"):
        assert signed_in(user).get(address(item.subject, query)).status_code == 403
        assert signed_in(user).post(address(item.subject, query)).status_code == 403


def test_page_cannot_be_posted_to(item):
    assert signed_in(make_user(Role.DPO)).post(address(item.subject)).status_code == 405


def test_page_of_who_is_not_known_any_more_is_not_found(item):
    gone = DataSubject(pk=uuid.uuid4())
    assert signed_in(make_user(Role.DPO)).get(address(gone)).status_code == 404


def test_it_is_reached_from_the_person_and_from_the_request_also_when_blocked(item):
    client = signed_in(make_user(Role.DPO))
    person = reverse("admin:subjects_datasubject_change", args=[item.subject_id])
    block(item.subject, actor=None)
    for page in (person, page_of(item)):
        assert f'href="{address(item.subject)}"' in client.get(page).text
    assert client.get(address(item.subject)).status_code == 200


def test_company_staff_are_led_to_no_such_page(item):
    assert "/looks/" not in signed_in(solutions_user()).get(page_of(item)).text


def test_long_lists_have_pages(item, monkeypatch):
    monkeypatch.setattr("emsar.staff.tabs.ROWS", 2)
    user = solutions_user()
    for _number in range(3):
        record("request.view", actor=user.pk, subject=item.subject_id, obj=item)
    client = signed_in(make_user(Role.DPO))
    assert "1 / 2" in client.get(address(item.subject)).text
    second = client.get(address(item.subject, "?page=2"))
    assert "2 / 2" in second.text
