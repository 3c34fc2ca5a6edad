"""What a package is as a file: the same bytes for the same facts, safe to open, bounded."""

import hashlib
import re
import tracemalloc
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.models import Case, CaseFile
from dsar.package import assemble
from dsar.package.book import MOST_SIGNS
from dsar.package.gathering import gather
from emsar.entities.businessdays import BAKU
from emsar.staff.spreadsheets import guarded
from emsar.subjects.models import DataSubject
from requests_inbox.models import Message
from tests.dsar.people import known_person, open_case
from tests.dsar.unpacking import data, html, sheet, tables, unpacked
from tests.factories import make_request

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=BAKU)
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>"


def test_same_facts_and_moment_give_the_same_bytes() -> None:
    known = known_person("az")
    first, second = assemble(known.case, NOON), assemble(known.case, NOON)
    assert first == second
    assert first.sha256 == hashlib.sha256(first.bytes).hexdigest()
    assert assemble(known.case, NOON + timedelta(minutes=1)).sha256 != first.sha256


def test_another_fact_gives_other_bytes() -> None:
    known = known_person()
    before = assemble(known.case, NOON)
    Message.objects.create(request=known.request, kind="note", body="One more.")
    assert assemble(known.case, NOON).sha256 != before.sha256


def test_html_in_every_field_stays_text() -> None:
    known = known_person(name=EVIL, company=EVIL, project=EVIL)
    Message.objects.update(body=EVIL)
    CaseFile.objects.update(details=EVIL, proof_note=EVIL)
    page = html(assemble(known.case))
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") >= 6
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize("text", ["=1+1", "+994", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_is_a_formula(text) -> None:
    known = known_person(name=text + "x", project=text)
    [row] = sheet(assemble(known.case), "requests_inbox.consultationrequest")
    assert row["project"].startswith("'")
    assert guarded("plain - text = 1") == "plain - text = 1"


def test_json_keeps_what_the_sheet_guards() -> None:
    known = known_person(project="=HYPERLINK(1)")
    package = assemble(known.case)
    [row] = tables(package)["requests_inbox.consultationrequest"]
    assert row["project"] == "=HYPERLINK(1)"
    for part in gather(known.case, None).parts:
        for cells in sheet(package, part.label):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells.values())


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_whatever_a_person_wrote_can_be_printed(db, text) -> None:
    """Signs that no font has, control characters, other scripts."""
    request = make_request(project="x")
    Message.objects.create(request=request, kind="incoming", body=text)
    case = open_case(request.subject, language="ru")
    package = assemble(case, NOON)
    assert unpacked(package)["my-data.pdf"].startswith(b"%PDF-")
    assert [row["body"] for row in tables(package)["requests_inbox.message"]] == [text]


def test_pictures_in_words_do_not_cost_the_printed_copy() -> None:
    known = known_person(project="Salam 😀 中文 \ue000 \x07")
    files = unpacked(assemble(known.case, NOON))
    assert files["my-data.pdf"].startswith(b"%PDF-")
    assert "Salam 😀 中文" in files["my-data.html"].decode()


def test_value_that_cannot_be_read_is_said_to_be_so() -> None:
    known = known_person()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_inbox_consultationrequest SET project = decode('0161ff', 'hex')"
        )
    package = assemble(known.case, NOON)
    assert "This value cannot be read at the moment" in html(package)
    assert tables(package)["requests_inbox.consultationrequest"][0]["project"] is None


def test_nothing_of_a_stranger_is_in_it() -> None:
    known = known_person()
    stranger = known_person(name="Somebody Else", project="Another project altogether")
    files = unpacked(assemble(known.case, NOON))
    for content in files.values():
        assert b"Somebody Else" not in content
        assert b"Another project" not in content
        assert str(stranger.person.pk).encode() not in content
        assert stranger.request.reference.encode() not in content
    assert len(tables(assemble(known.case))["requests_inbox.consultationrequest"]) == 1


def test_person_of_whom_nothing_is_held_gets_a_package_that_says_so() -> None:
    case = open_case(DataSubject.objects.create())
    package = assemble(case, NOON)
    assert "Where we looked and found nothing" in html(package)
    assert tables(package)["requests_inbox.consultationrequest"] == []
    assert set(package.counts) == {
        "subjects.datasubject",
        "dsar.case",
        "dsar.caseevent",
        "dsar.casefile",
    }


def test_blocked_person_gets_everything() -> None:
    known = known_person()
    blocked_at = timezone.now()
    DataSubject.objects.filter(pk=known.person.pk).update(blocked_at=blocked_at)
    package = assemble(known.case)
    assert len(tables(package)["requests_inbox.consultationrequest"]) == 1
    assert tables(package)["subjects.datasubject"][0]["blocked_at"] is not None


def test_language_is_that_of_the_case() -> None:
    known = known_person()
    titles = set()
    for language in ("az", "en", "ru"):
        Case.objects.filter(pk=known.case.pk).update(language=language)
        known.case.refresh_from_db()
        page = html(assemble(known.case))
        assert f'<html lang="{language}">' in page
        titles.add(page.partition("<h1>")[2].partition("</h1>")[0])
        assert data(assemble(known.case))["language"] == language
    assert len(titles) >= 1


def test_memory_stays_bounded_for_a_person_with_very_much() -> None:
    """Some 10 MB of words; the printed copy is cut, the other files are whole."""
    request = make_request()
    rows = [
        Message(request=request, kind="incoming", body=f"{n} " + "söz " * 2_000)
        for n in range(1000)
    ]
    Message.objects.bulk_create(rows)
    words = sum(len(row.body.encode()) for row in rows)
    del rows
    case = open_case(request.subject)
    tracemalloc.start()
    try:
        package = assemble(case, NOON)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(tables(package)["requests_inbox.message"]) == 1000
    assert "999 söz" in html(package)
    assert peak < 6 * words
    assert len(unpacked(package)["my-data.pdf"]) < 40 * MOST_SIGNS


def test_as_many_statements_for_one_row_as_for_many() -> None:
    few, many = make_request(), make_request()
    Message.objects.bulk_create(
        [Message(request=many, kind="note", body=f"note {n}") for n in range(40)]
    )
    counts = []
    for request in (few, many):
        case = open_case(request.subject)
        with CaptureQueriesContext(connection) as queries:
            assemble(case, NOON)
        said = [query["sql"].split(" WHERE ")[0] for query in queries]
        # Asked now and then, whoever is asked about.
        said = [sql for sql in said if "publicationcounter" not in sql]
        counts.append([re.sub(r"_django_curs\w+", "cursor", sql) for sql in said])
    assert counts[0] == counts[1]
    assert len(counts[0]) <= 35
