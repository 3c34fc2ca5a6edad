"""The register of cases as a page, a sheet and a PDF: no name, no formula, each file noted."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import translation

from dsar.admin.register import headings, row_of
from dsar.models import Case, Kind
from emsar.audit.models import AuditEvent
from emsar.entities.businessdays import BAKU
from emsar.staff.spreadsheets import guarded
from tests.dsar.desk import ended, make_case, signed_in, url
from tests.exports import lines_of, taken
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def sheet(client, query: str = "") -> list[list[str]]:
    return lines_of(taken(client, f"{url('register')}?export=1{query}"))


def printed(client, query: str = "") -> HttpResponse:
    return taken(client, f"{url('register')}?export=1{query}", "report", format="pdf")


def baku(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BAKU)


def test_sheet_has_every_case_of_the_year_and_nothing_personal() -> None:
    make_case(Kind.DELETION, email="secret@example.com", details="Secret words")
    ended(make_case(Kind.ACCESS))
    rows = sheet(signed_in(make_user()))
    with translation.override("en"):
        assert rows[0] == headings()
    assert {row[0] for row in rows[1:]} == set(Case.objects.values_list("reference", flat=True))
    flat = " ".join(cell for row in rows for cell in row)
    assert "secret" not in flat.lower()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+994", "'+994"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("x=1", "x=1"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, shown: str) -> None:
    assert guarded(text) == shown


def test_guard_stands_before_every_cell_of_the_sheet() -> None:
    case = make_case()
    Case.objects.filter(pk=case.pk).update(reference="=CMD()")
    assert sheet(signed_in(make_user()))[1][0] == "'=CMD()"


def test_pdf_is_one_in_the_reader_s_language_and_each_file_is_noted() -> None:
    make_case()
    officer = make_user(language="az")
    client = signed_in(officer)
    response = printed(client)
    assert response.content.startswith(b"%PDF-")
    assert "no-store" in response.headers["Cache-Control"]
    sheet(client)
    events = AuditEvent.objects.filter(action="staff.export", actor=officer.pk).order_by("id")
    assert [
        (row.detail["format"], row.detail["purpose"], row.detail["rows"]) for row in events
    ] == [
        ("pdf", "report", 1),
        ("csv", "work", 1),
    ]


def test_pdf_of_an_empty_span_and_of_marks_of_its_language() -> None:
    client = signed_in(make_user())
    query = "&since=2001-01-01&until=2001-01-02"
    assert printed(client, query).content.startswith(b"%PDF-")
    Case.objects.filter(pk=make_case().pk).update(reference="#[*_$\\")
    assert printed(client).content.startswith(b"%PDF-")


def test_days_are_those_of_baku_both_included() -> None:
    for text in ("2026-03-09T23:59", "2026-03-10T00:01", "2026-03-11T23:59", "2026-03-12T00:01"):
        make_case(received_at=baku(text))
    found = sheet(signed_in(make_user()), "&since=2026-03-10&until=2026-03-11")
    assert [row[3] for row in found[1:]] == ["2026-03-10", "2026-03-11"]


def test_one_case_is_found_by_its_reference_however_it_is_typed() -> None:
    case = make_case(age=800)
    make_case()
    text = case.reference.lower().replace("-", " ")
    response = signed_in(make_user()).get(url("register"), {"reference": text})
    assert [row.case.pk for row in response.context["rows"]] == [case.pk]


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "since=2026-02-30",
        "until=x",
        "since=2026-03-02&until=2026-03-01",
        f"reference={'x' * 21}",
        "since=yesterday&export=1",
    ],
)
def test_bad_days_are_told_and_nothing_is_handed_out(query: str) -> None:
    response = signed_in(make_user()).get(f"{url('register')}?{query}")
    assert response.status_code == 422
    assert not AuditEvent.objects.filter(action="staff.export").exists()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("format=exe", 200),
        ("page=0", 200),
        ("page=x", 200),
        ("since=0001-01-02", 200),
        ("until=9999-12-31", 200),
        ("reference='--", 200),
        ("reference=<b>", 200),
    ],
)
def test_odd_addresses_answer_without_an_error(query: str, status: int) -> None:
    make_case()
    assert signed_in(make_user()).get(f"{url('register')}?{query}").status_code == status


def test_post_is_no_way_to_the_register() -> None:
    assert signed_in(make_user()).post(url("register")).status_code == 405


def test_in_time_goes_by_the_earlier_deadline() -> None:
    case = make_case(Kind.COMPLAINT, received_at=baku("2026-11-02T10:00"))
    assert case.statutory_due is not None
    end = datetime.combine(case.statutory_due, datetime.min.time(), BAKU)
    assert row_of(ended(case, at=end + timedelta(hours=23, minutes=59))).cells[-1] == "yes"
    assert row_of(ended(case, at=end + timedelta(hours=24, minutes=1))).cells[-1] == "no"


def test_long_registers_have_pages(monkeypatch) -> None:
    monkeypatch.setattr("emsar.staff.tabs.ROWS", 2)
    for _number in range(3):
        make_case()
    client = signed_in(make_user())
    first = client.get(url("register"))
    assert len(first.context["rows"]) == 2
    assert len(client.get(f"{url('register')}?page=2").context["rows"]) == 1


def test_file_says_the_days_that_it_covers_in_its_name() -> None:
    with time_machine.travel(baku("2027-01-01T00:30"), tick=False):
        response = taken(signed_in(make_user()), f"{url('register')}?export=1")
    assert 'filename="cases-2026-02-01-2027-01-01.csv"' in response.headers["Content-Disposition"]
