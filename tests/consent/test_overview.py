"""Given, refused, withdrawn: counted by the database, drawn, and as a table for a sheet."""

import uuid
from datetime import date, datetime

import pytest
import time_machine

from consent.models import ConsentEvent, RefusalCount
from consent.notices import COOKIE_CHOICE, FREE_CONSULTATION, notice
from consent.overview import (
    Span,
    Tally,
    by_purpose,
    cells,
    each_purpose,
    grouped,
    total,
    weeks_until_now,
)
from consent.services import given, withdraw
from emsar.audit.models import AuditEvent
from emsar.entities.businessdays import BAKU
from emsar.staff.models import Role
from emsar.staff.spreadsheets import guarded
from tests.exports import lines_of, taken
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/consent/overview/"
# A Monday.
NOW = datetime(2026, 11, 23, 12, tzinfo=BAKU)
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 23)
TWO = Span(FIRST, LAST)


def at(moment: str):
    """A moment of Asia/Baku."""
    return time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=BAKU), tick=False)


def agree(moment: str, form: str = COOKIE_CHOICE, language: str = "en") -> ConsentEvent:
    someone = uuid.uuid4() if form == FREE_CONSULTATION else None
    with at(moment):
        event = given(
            notice(form, language), subject=someone, about=someone, controllers=[], method="banner"
        )
        event.save()
    return event


def end(event: ConsentEvent, moment: str) -> None:
    with at(moment):
        withdraw(event, method="settings", actor=None)


def refuse(day: date, count: int, language: str = "en", version: str = "1.0") -> None:
    RefusalCount.objects.create(day=day, version=version, language=language, count=count)


@pytest.fixture
def choices() -> None:
    """Two weeks: Monday is 16 and 23 November 2026."""
    first = agree("2026-11-16 00:00:00")
    agree("2026-11-22 23:59:59", language="az")
    agree("2026-11-23 00:00:00", language="az")
    form = agree("2026-11-18 10:00:00", FREE_CONSULTATION, "ru")
    end(first, "2026-11-23 11:00:00")
    end(form, "2026-11-19 11:00:00")
    refuse(date(2026, 11, 16), 3)
    refuse(date(2026, 11, 22), 2)
    refuse(date(2026, 11, 23), 5, "az")
    # Outside the two weeks, to a day on each side.
    agree("2026-11-15 23:59:59")
    agree("2026-11-30 00:00:00")
    refuse(date(2026, 11, 15), 70)
    refuse(date(2026, 11, 30), 90)


@pytest.mark.usefixtures("choices")
class TestCounting:
    def test_weeks_are_those_of_baku_from_monday_on(self):
        sums = grouped(cells(TWO), lambda cell: cell.week)
        assert sums == {FIRST: Tally(3, 1, 5), LAST: Tally(1, 1, 5)}

    def test_one_form_alone_has_its_own_numbers(self):
        assert total(cells(TWO, FREE_CONSULTATION)) == Tally(1, 1, 0)
        assert total(cells(TWO, COOKIE_CHOICE)) == Tally(3, 1, 10)
        assert total(cells(TWO)) == Tally(4, 2, 10)

    def test_sums_by_language_and_version(self):
        by_language = grouped(cells(TWO), lambda cell: cell.language)
        assert by_language == {"en": Tally(1, 1, 5), "az": Tally(2, 0, 5), "ru": Tally(1, 1, 0)}
        refuse(date(2026, 11, 17), 4, version="1.1")
        by_version = grouped(cells(TWO, COOKIE_CHOICE), lambda cell: cell.version)
        assert by_version == {"1.0": Tally(3, 1, 10), "1.1": Tally(0, 0, 4)}

    def test_consent_to_several_purposes_counts_for_each(self):
        once = Tally(1, 1, 0)
        assert by_purpose(cells(TWO)) == {
            "analytics": Tally(3, 1, 10), "reply": once, "routing": once, "proposal": once
        }  # fmt: skip

    def test_lines_for_a_sheet_add_refusals_to_the_consents_beside_them(self):
        lines = {
            (cell.week, cell.purposes[0], cell.language): cell.tally
            for cell in each_purpose(cells(TWO, COOKIE_CHOICE))
        }
        assert lines == {
            (FIRST, "analytics", "en"): Tally(1, 0, 5),
            (FIRST, "analytics", "az"): Tally(1, 0, 0),
            (LAST, "analytics", "en"): Tally(0, 1, 0),
            (LAST, "analytics", "az"): Tally(1, 0, 5),
        }

    def test_counting_is_two_queries_however_much_there_is(self, django_assert_num_queries):
        with django_assert_num_queries(2):
            cells(TWO)
        with django_assert_num_queries(1):
            cells(TWO, FREE_CONSULTATION)


@pytest.mark.parametrize(
    ("moment", "last"),
    [
        ("2026-11-22 23:59:59", date(2026, 11, 16)),
        ("2026-11-23 00:00:00", date(2026, 11, 23)),
        ("2026-11-29 23:59:59", date(2026, 11, 23)),
    ],
)
def test_running_week_is_the_last_one(moment, last):
    with at(moment):
        span = weeks_until_now(3)
    assert span.last == last
    assert [(last - week).days for week in span.weeks] == [14, 7, 0]


class TestPage:
    @pytest.fixture(autouse=True)
    def _now(self, choices):
        with time_machine.travel(NOW, tick=False):
            yield

    def test_page_shows_the_numbers_and_draws_them(self, client):
        client.force_login(make_user(Role.DPO))
        text = client.get(PAGE).text
        figures = text[text.index('<ul class="figures">') :].split("</ul>")[0]
        assert [part.split("<")[0] for part in figures.split("<strong>")[1:]] == ["5", "2", "80"]
        assert '<svg class="columns" role="img"' in text
        assert "From the week of 1 June 2026 to that of 23 November 2026: given 5" in text
        for words in ("count visits for aggregate statistics", "Cookie policy 1.0", "Azerbaijani"):
            assert words in text
        assert '<th scope="row">23.11.26</th><td>1</td><td>1</td><td>5</td>' in text

    def test_form_and_period_narrow_it_down(self, client):
        client.force_login(make_user(Role.DPO))
        text = client.get(f"{PAGE}?weeks=4&form=free-consultation").text
        assert "cookies refused" not in text
        assert "Cookie policy 1.0" not in text
        assert 'id="form-head"' not in text
        assert "answer the request" in text
        assert '<a href="?weeks=13&amp;form=free-consultation">' in text
        assert '<a href="?weeks=4&amp;form=free-consultation" aria-current="page">' in text

    @pytest.mark.parametrize(
        "query", ["weeks=5", "weeks=x", "form=x", "form=undertaking", "form=x&export=1"]
    )
    def test_what_is_not_offered_is_not_found(self, client, query):
        client.force_login(make_user(Role.DPO))
        assert client.get(f"{PAGE}?{query}").status_code == 404

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.DPO, 200),
            (Role.AUDITOR, 200),
            (Role.ADMINISTRATOR, 403),
            (Role.ENTITY_STAFF, 403),
        ],
    )
    @pytest.mark.parametrize("query", ["", "?export=1"])
    def test_who_may_see_the_numbers(self, client, role, status, query):
        client.force_login(solutions_user() if role == Role.ENTITY_STAFF else make_user(role))
        assert client.get(f"{PAGE}{query}").status_code == status

    def test_page_cannot_be_posted_to(self, client):
        client.force_login(make_user(Role.DPO))
        assert client.post(PAGE).status_code == 405

    def test_file_has_the_same_numbers_and_is_an_audit_event(self, client):
        dpo = make_user(Role.DPO)
        client.force_login(dpo)
        address = f"{PAGE}?weeks=4&form=cookies&export=1"
        assert "Week from, Form, Purpose" in client.get(address).text
        response = taken(client, address, "report")
        name = "consents-cookies-4-weeks.csv"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        rows = lines_of(response)
        assert rows[0] == [
            "Week from", "Form", "Purpose", "Policy version", "Language",
            "Given", "Withdrawn", "Refused",
        ]  # fmt: skip
        assert ["2026-11-16", "cookies", "analytics", "1.0", "en", "1", "0", "5"] in rows
        assert ["2026-11-23", "cookies", "analytics", "1.0", "az", "1", "0", "5"] in rows
        assert sum(int(row[-1]) for row in rows[1:]) == 80
        event = AuditEvent.objects.get(action="staff.export")
        assert event.actor == dpo.pk
        assert event.detail == {
            "kind": "consents", "format": "csv", "rows": len(rows) - 1, "purpose": "report",
            "weeks": 4, "form": "cookies",
        }  # fmt: skip

    def test_look_at_numbers_of_nobody_is_no_event(self, client):
        client.force_login(make_user(Role.AUDITOR))
        client.get(PAGE)
        assert not AuditEvent.objects.filter(action__startswith="consent.").exclude(
            action="consent.withdraw"
        )

    def test_first_page_leads_to_it(self, client):
        for role, is_shown in ((Role.DPO, True), (Role.AUDITOR, True), (Role.ADMINISTRATOR, False)):
            client.force_login(make_user(role))
            assert (f'href="{PAGE}"' in client.get("/admin/").text) is is_shown

    def test_lists_and_overview_are_tabs_of_each_other(self, client):
        client.force_login(make_user(Role.DPO))
        for path in ("consentevent/", "consenttext/", "overview/"):
            text = client.get(f"/admin/consent/{path}").text
            nav = text[text.index('<nav class="tabs"') :].split("</nav>")[0]
            assert nav.count("<li>") == 3
            assert f'href="/admin/consent/{path}" aria-current="page"' in nav

    def test_auditor_has_the_tabs_of_an_auditor(self, client):
        client.force_login(make_user(Role.AUDITOR))
        text = client.get(PAGE).text
        assert "/admin/consent/consenttext/" in text
        assert "/admin/consent/consentevent/" not in text


def test_empty_overview_says_so(client):
    client.force_login(make_user(Role.DPO))
    text = client.get(PAGE).text
    assert "Nothing was chosen in these weeks." in text
    assert "<svg class" not in text.split("figures")[1].split("pair")[0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_cell_that_a_sheet_would_run_is_guarded(text):
    assert guarded(text) == f"'{text}"
    assert guarded(f"x{text}") == f"x{text}"
