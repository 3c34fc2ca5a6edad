"""HTML, formulas and marks of Typst in every field of a package stay words in every file of it."""

import csv
import io
import json
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from dsar.models import CaseFile, CaseMessage, Disclosure, Proposal, Telling
from dsar.package import assemble
from dsar.package.book import book_of
from dsar.package.gathering import gather
from dsar.package.pdf import _content
from emsar.datamap.declarations import declarations
from emsar.datamap.fields import EncryptedTextField
from emsar.outbox.models import OutboundMail
from requests_inbox.models import AccountingDocument, ConsultationRequest, Message
from tests.dsar.people import Known, disclose, known_person
from tests.dsar.unpacking import unpacked

pytestmark = pytest.mark.django_db
SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>&amp;'
FORMULA = '=HYPERLINK("http://example.com";"x")'
TYPST = '#read("/etc/passwd") $x$ *b* `c` #link("http://example.com")[y] \\'
HOSTILE = {"html": SCRIPT, "formula": FORMULA, "typst": TYPST}
# Of everything that is exported, what people type: the rest are codes, days and numbers of ours.
TYPED: dict[type[models.Model], tuple[str, ...]] = {
    ConsultationRequest: ("name", "company", "project"),
    Message: ("body",),
    AccountingDocument: ("title", "text"),
    CaseFile: ("name", "postal", "details", "proof_note"),
    CaseMessage: ("body",),
    Telling: ("addressee", "words"),
    Proposal: ("value",),
    OutboundMail: ("to_address", "reply_to", "subject_line", "body"),
}


def filled(text: str) -> Known:
    """Somebody in each of whose fields the text stands, marked by the name of the field."""
    known = known_person()
    for model, names in TYPED.items():
        for name in names:
            value = text + f" {model.__name__}.{name}"
            assert model._base_manager.update(**{name: value}), f"no row of {model.__name__}"
    disclose(known.person, recipient=f"{text} R", document=f"{text} D"[:60])
    return known


class Reader(HTMLParser):
    """The text of a page, and the elements in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words, self.tags, self.odd = "", set(), set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.odd |= {name for name, _ in attrs if name.startswith("on") or name == "src"}

    def handle_data(self, data: str) -> None:
        self.words += data


def marks() -> list[str]:
    return [f"{model.__name__}.{name}" for model, names in TYPED.items() for name in names]


def test_every_exported_text_that_is_typed_is_tried() -> None:
    """A table declared later must be tried too."""
    found = {
        (line.model, name)
        for line in declarations()
        if line.subject
        for name, said in line.personal.items()
        if said.export and isinstance(line.model._meta.get_field(name), EncryptedTextField)
    }
    tried = {(model, name) for model, names in TYPED.items() for name in names}
    identifier = apps.get_model("subjects", "SubjectIdentifier")
    assert found - tried == {(identifier, "value")}, "an address is checked when it is entered"
    assert Disclosure._meta.get_field("recipient").max_length == 200


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_page_shows_it_as_words_and_gets_no_element_of_it(text) -> None:
    plain = Reader(unpacked(assemble(filled("word").case))["my-data.html"].decode())
    page = Reader(unpacked(assemble(filled(text).case))["my-data.html"].decode())
    assert page.tags == plain.tags
    assert page.odd == plain.odd == set()
    for mark in marks():
        assert f"{text} {mark}" in page.words, mark
    assert f"{text} R" in page.words


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_printed_copy_gets_it_as_data(text) -> None:
    """Typst is given values and never a source with somebody's words in it."""
    known = filled(text)
    found = gather(known.case, None)
    printed = _content(book_of(found, timezone.now(), {}), known.case.reference)
    everything = json.dumps(printed, ensure_ascii=False)
    for mark in marks():
        assert f"{json.dumps(text, ensure_ascii=False)[1:-1]} {mark}" in everything, mark
    assert b"root:" not in unpacked(assemble(known.case))["my-data.pdf"]
    assert unpacked(assemble(known.case))["my-data.pdf"].startswith(b"%PDF-")


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1", "@x", "\t=1", "  =1+1", "＝1"])
def test_no_cell_of_any_sheet_is_a_formula(text) -> None:
    known = filled(text)
    files = unpacked(assemble(known.case))
    sheets = {name: content for name, content in files.items() if name.endswith(".csv")}
    cells: list[str] = []
    for content in sheets.values():
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            cells += row
    begins = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    assert not [cell for cell in cells if cell.lstrip(" ").startswith(begins)]
    for mark in marks():
        assert f"'{text} {mark}" in cells, mark


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_data_for_machines_are_as_they_were_written(text) -> None:
    content: dict[str, Any] = json.loads(unpacked(assemble(filled(text).case))["my-data.json"])
    values = {
        value
        for table in content["tables"]
        for row in table["rows"]
        for value in row.values()
        if isinstance(value, str)
    }
    for mark in marks():
        assert f"{text} {mark}" in values, mark
