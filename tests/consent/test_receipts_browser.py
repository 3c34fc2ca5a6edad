"""Receipts and their overview in a real browser: readable, no wider than the window, printable."""

import hashlib

import pytest

from consent.models import ConsentEvent
from consent.receipts.address import receipt_path
from consent.services import withdraw
from emsar.staff.models import Role
from tests.accessibility import faults, too_wide
from tests.consent.test_receipts import accepted
from tests.desks import DARK, PHONE, WIDE, open_as
from tests.factories import make_request, make_user

__all__ = ["open_as"]
LOOKS = [WIDE, PHONE, DARK]


@pytest.fixture
def events(filled_db) -> list[ConsentEvent]:
    """A consent that holds, one that was withdrawn, and a choice about cookies."""
    held, ended = make_request("ru").consent, make_request("az").consent
    withdraw(ended, method=ConsentEvent.Method.WITHDRAWAL_LINK, actor=None)
    return [held, ended, accepted()]


def test_receipts_have_no_fault_on_any_screen(open_as, events):
    visitor = make_user()
    for look, language in zip(LOOKS, ("az", "en", "ru"), strict=True):
        page = open_as(visitor, **look)
        for event in events:
            page.goto(receipt_path(event, language))
            assert too_wide(page) == 0, (language, event)
            # On a wide and bright screen nothing is that is not on the others.
            assert look is WIDE or faults(page) == [], (language, event)


def test_sentence_on_the_receipt_has_the_hash_beside_it(open_as, events):
    page = open_as(make_user(), **PHONE)
    page.goto(receipt_path(events[2], "en"))
    sentence = page.inner_text(".shown > p:first-child")
    digest = hashlib.sha256(sentence.strip().encode()).hexdigest()
    assert digest == page.inner_text(".aside code >> nth=1").strip()


def test_paper_has_the_words_and_no_button(open_as, events):
    page = open_as(make_user(), **WIDE)
    page.goto(receipt_path(events[0], "en"))
    page.emulate_media(media="print")
    assert page.locator(".shown").is_visible()
    assert not page.locator(".actions").is_visible()
    assert not page.locator(".choice").is_visible()


def test_overview_and_event_have_no_fault_on_any_screen(open_as, events):
    officer = make_user(Role.DPO)
    for look in LOOKS:
        page = open_as(officer, **look)
        for path in ("overview/", f"consentevent/{events[1].pk}/change/"):
            page.goto(f"/admin/consent/{path}")
            assert too_wide(page) == 0, path
            assert look is WIDE or faults(page) == [], path
