"""Every file that leaves the administration: for a purpose, with the second factor, and noted."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import ClassVar

import pytest
from django.test import RequestFactory
from django.utils.translation import gettext, override

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.staff import exporting
from emsar.staff.exporting import Export, Purpose, export_page
from emsar.staff.models import Role, User
from tests.exports import content_of, lines_of, taken
from tests.factories import make_user
from tests.staff.access.entering import code_now, give_factor
from tests.staff.access.test_stepup import hidden

pytestmark = pytest.mark.django_db
# An existing export that needs no rows to be there.
ADDRESS = "/admin/consent/overview/?export=1"


@pytest.fixture
def officer(client) -> User:
    user = make_user(Role.DPO)
    client.force_login(user)
    return user


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="staff.export"))


def test_page_says_what_will_leave_and_hands_out_nothing(officer, client):
    text = client.get(ADDRESS).text
    for shown in ("Lines", "Week from, Form, Purpose", "What is the file for?", "26 weeks"):
        assert shown in text
    for purpose in Purpose:
        assert f'value="{purpose.value}"' in text
    assert events() == []


@pytest.mark.parametrize("purpose", ["", "marketing", "other"])
def test_without_a_purpose_nothing_leaves(officer, client, purpose):
    """Something else has to be said in words."""
    response = taken(client, ADDRESS, purpose)
    assert response.status_code == 422
    assert response.headers["Content-Type"].startswith("text/html")
    assert events() == []


def test_file_is_noted_kept_nowhere_and_named_after_nobody(officer, client):
    response = taken(client, ADDRESS, "report")
    assert lines_of(response)[0][0] == "Week from"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="consents-all-26-weeks.csv"'
    )
    (event,) = events()
    assert (event.actor, event.subject) == (officer.pk, None)
    assert event.detail["kind"] == "consents"
    assert (event.detail["rows"], event.detail["purpose"]) == (0, "report")


def test_second_factor_is_asked_for_again_and_the_purpose_travels_along(officer, client, settings):
    settings.STAFF_STEP_UP_MINUTES = 0
    secret = give_factor(officer)
    response = taken(client, ADDRESS, "report")
    assert "Your second factor, please" in response.text
    assert events() == []

    again = {**hidden(response.text), "second_factor-code": code_now(secret)}
    assert lines_of(client.post(ADDRESS, again))[0][0] == "Week from"
    assert events()[0].detail["purpose"] == "report"


def test_words_for_something_else_go_to_the_officer_and_stay_out_of_the_audit(officer, client):
    auditor = make_user(Role.AUDITOR)
    client.force_login(auditor)
    taken(client, ADDRESS, "other", words="Aysel asked for it by phone")
    (event,) = events()
    assert event.detail["purpose"] == "other"
    assert "Aysel" not in str(list(AuditEvent.objects.values()))
    mail = OutboundMail.objects.get(to_address__isnull=False)
    assert "Aysel asked for it by phone" in mail.body
    assert (auditor.username in mail.subject_line, "Aysel" in mail.subject_line) == (True, False)


class Numbers(Export):
    """So many lines that they are sent while they are read."""

    kind = "numbers"
    title = "Numbers"
    back = "/admin/"
    file_name = "numbers"
    many: ClassVar[int] = 1_203

    def count(self) -> int:
        return self.many

    def headings(self, chosen: object) -> list[str]:
        return [gettext("Reference"), "b"]

    def lines(self, chosen: object) -> Iterator[list[str]]:
        for number in range(self.many):
            yield [str(number), "=1+1"]


def request_of(user: User, **data: str):
    request = RequestFactory().post("/", data)
    request.user, request.session = user, {}
    return request


@pytest.fixture
def plainly(monkeypatch) -> None:
    """Without the second factor, which has tests of its own."""
    monkeypatch.setattr(exporting, "_delivered", exporting._delivered.__wrapped__)


@pytest.mark.usefixtures("plainly")
class TestManyLines:
    def test_they_are_streamed_after_the_event_was_written(self, officer):
        with override("ru"):
            response = export_page(request_of(officer, purpose="work"), Numbers())
        assert response.streaming
        (event,) = events()
        assert event.detail["rows"] == 1_203
        text = content_of(response).decode("utf-8-sig")
        rows = list(csv.reader(StringIO(text)))
        assert rows[0] == ["Номер", "b"]
        assert len(rows) == 1_204
        assert rows[-1] == ["1202", "'=1+1"]
        assert "\ufeff" not in text

    def test_file_has_no_more_than_the_most(self, officer, monkeypatch):
        monkeypatch.setattr(exporting, "MOST", 7)
        response = export_page(request_of(officer, purpose="work"), Numbers())
        assert len(lines_of(response)) == 8
        assert events()[0].detail["rows"] == 7

    def test_few_lines_are_made_at_once(self, officer, monkeypatch):
        monkeypatch.setattr(Numbers, "many", 3)
        response = export_page(request_of(officer, purpose="work"), Numbers())
        assert not response.streaming
        assert len(lines_of(response)) == 4

    def test_format_that_is_not_offered_is_a_sheet(self, officer, monkeypatch):
        monkeypatch.setattr(Numbers, "many", 1)
        response = export_page(request_of(officer, purpose="work", format="exe"), Numbers())
        assert lines_of(response)[1] == ["0", "'=1+1"]
