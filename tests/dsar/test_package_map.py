"""The package equals the data map: every declared column that is told stands in it, in words."""

import html as escaping
from dataclasses import replace

import pytest
from django.utils import timezone, translation
from django.utils.html import strip_tags

from dsar.package import assemble
from dsar.package.book import book_of
from dsar.package.gathering import gather
from dsar.package.labels import TABLES
from dsar.package.values import readable
from dsar.package.words import column_title, table_title
from emsar.datamap.declarations import declarations
from emsar.entities.registry import registry
from tests.dsar.people import known_person
from tests.dsar.unpacking import data, html, sheet, tables, unpacked

pytestmark = pytest.mark.django_db
LANGUAGES = ("az", "en", "ru")


def told_lines():
    """The lines of the map that say something to a person."""
    return [
        line
        for line in declarations()
        if line.subject and any(column.export for column in line.personal.values())
    ]


def told_columns(line):
    return [name for name, column in line.personal.items() if column.export]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_declared_column_of_every_table_is_in_every_file(language) -> None:
    known = known_person(language)
    package = assemble(known.case)
    found = gather(known.case, None)
    page = escaping.unescape(strip_tags(html(package)))
    rows = tables(package)
    assert set(rows) == {line.model._meta.label_lower for line in told_lines()}
    for line in told_lines():
        label = line.model._meta.label_lower
        for name in told_columns(line):
            held = [row for row in found.rows(label) if readable(row, name, found)]
            assert held, f"{label}.{name}: let known_person fill it, so that it can be looked for"
            told = [row[name] for row in rows[label]]
            assert len(told) == len(found.rows(label))
            assert any(value is not None for value in told), f"{label}.{name} is not in the JSON"
            assert any(row[name] for row in sheet(package, label)), f"{label}.{name}: not in CSV"
            if (label, name) == ("audit.auditevent", "subject"):
                continue  # the person's own number, which stands at the beginning
            with translation.override(language):
                words = readable(held[0], name, found)
                assert column_title(line, name) in page, f"{label}.{name} has no label"
                assert words in page, f"{label}.{name} is not on the page"


@pytest.mark.parametrize("language", LANGUAGES)
def test_printed_copy_says_what_the_page_says(language) -> None:
    """Both are made from one book; nothing is cut from that of a usual person."""
    from dsar.package.pdf import _content

    known = known_person(language)
    book = book_of(gather(known.case, None), timezone.now(), {})
    content = _content(book, known.case.reference)
    assert [chapter["left_out"] for chapter in content["chapters"]] == [""] * len(book.chapters)
    for chapter, printed in zip(book.chapters, content["chapters"], strict=True):
        assert printed["title"] == chapter.title
        assert [list(line) for line in chapter.lines] == [list(line) for line in printed["lines"]]
        assert [
            [(label, "\n".join(lines)) for label, lines in card["pairs"]]
            for card in printed["cards"]
        ] == [[(label, value) for label, value in card.pairs] for card in chapter.cards]


@pytest.mark.parametrize("line", told_lines(), ids=lambda line: line.model._meta.label_lower)
def test_every_told_table_and_column_has_words(line) -> None:
    """A failure here: give it words for the person in dsar/package/labels.py."""
    label = line.model._meta.label_lower
    assert label in TABLES
    assert set(told_columns(line)) == set(TABLES[label].columns)


def test_words_are_for_tables_that_there_are() -> None:
    assert set(TABLES) == {line.model._meta.label_lower for line in told_lines()}


def test_what_has_no_words_yet_is_told_under_its_own_name(monkeypatch) -> None:
    known = known_person()
    label = "requests_inbox.consultationrequest"
    words = TABLES[label]
    fewer = {name: word for name, word in words.columns.items() if name != "project"}
    monkeypatch.setitem(TABLES, label, replace(words, columns=fewer))
    monkeypatch.delitem(TABLES, "requests_inbox.message")
    page = escaping.unescape(strip_tags(html(assemble(known.case))))
    assert "Project information" in page
    assert known.request.project in page
    assert "Calls back on Monday." in page
    assert "answer the request, prepare a proposal, route to the right company" in page


def test_unknown_column_is_told_under_its_verbose_name(monkeypatch) -> None:
    line = next(line for line in told_lines() if "message" in line.model._meta.label_lower)
    monkeypatch.setattr("dsar.package.words.TABLES", {})
    assert column_title(line, "body") == "Body"
    assert table_title(line) == "Messages"


@pytest.mark.parametrize("line", told_lines(), ids=lambda line: line.model._meta.label_lower)
def test_every_chapter_says_whence_what_for_by_which_right_whose_and_until_when(line) -> None:
    known = known_person()
    book = book_of(gather(known.case, None), timezone.now(), {})
    key = line.model._meta.label_lower.replace(".", "-")
    chapter = next(chapter for chapter in book.chapters if chapter.key == key)
    said = dict(chapter.facts)
    assert set(said) == {
        "Where it comes from",
        "What for",
        "Legal basis",
        "Controllers",
        "Who else may receive it",
        "Kept until when, and why",
    }
    assert all(all(lines) and lines for lines in said.values())
    assert "%(" not in str(said)


def test_json_says_the_facts_of_each_line_with_stable_codes() -> None:
    known = known_person("ru")
    content = data(assemble(known.case))
    assert (content["format"], content["version"]) == ("personal-data", 1)
    assert (content["case"], content["kind"]) == (known.case.reference, "access")
    table = next(
        table for table in content["tables"] if table["table"].endswith("consultationrequest")
    )
    assert {name: table[name] for name in ("basis", "controller", "recipients", "term")} == {
        "basis": "consent",
        "controller": "entity",
        "recipients": ["hosting", "email", "support"],
        "term": "consultation_retention",
    }
    assert "E-7.2a" in table["clauses"]
    [row] = table["rows"]
    assert (row["entity"], row["service"], row["source"]) == ("solutions", "cybersecurity", "form")
    assert row["contract_start"] == "2026-01-05"
    assert row["version"] == "1.0"


def test_words_that_were_agreed_to_go_along() -> None:
    known = known_person()
    package = assemble(known.case)
    [event] = tables(package)["consent.consentevent"]
    text = data(package)["consent_texts"][event["text_sha256"]]
    assert set(text) == {"sentence", "details"}
    assert strip_tags(text["sentence"]).split()[0] in html(package)


def test_hashes_are_those_of_the_files() -> None:
    import hashlib

    files = unpacked(assemble(known_person().case))
    sums = dict(
        reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines()
    )
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    page = files["my-data.html"].decode()
    for name in set(files) - {"my-data.html", "my-data.pdf"}:
        assert sums[name] in page


def test_counts_are_the_rows_of_each_table() -> None:
    known = known_person()
    package = assemble(known.case)
    assert package.counts == {label: len(rows) for label, rows in tables(package).items() if rows}


def test_every_recipient_of_the_map_stands_in_the_register() -> None:
    """A slug that the register does not know would not be told to anybody."""
    known = {recipient.slug for recipient in registry().recipients}
    for line in declarations():
        assert set(line.recipients) <= known, line.model._meta.label
        assert not line.subject or "hosting" in line.recipients, line.model._meta.label
