"""What a request can prove: the consent, both clocks with their arithmetic, history, transfers."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation
from django.utils.translation import pgettext

from consent.models import ConsentEvent, ConsentText
from emsar.staff.models import User
from policies.models import PolicyVersion
from requests_inbox import services
from requests_inbox.admin.clock import clock_of
from requests_inbox.admin.forms import HandOverForm
from requests_inbox.admin.history import SENTENCES, field_words
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import handling, replying
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    address,
    at,
    fresh,
    page_of,
    signed_in,
    travel,
)

pytestmark = pytest.mark.django_db


def monday_request(**fields) -> ConsultationRequest:
    with travel(23, 10):
        return make_request(**fields)


def context_of(user: User, item: ConsultationRequest) -> dict:
    return signed_in(user).get(address("change", item)).context


def test_consent_is_proven_with_its_words_version_time_receipt_and_hash() -> None:
    item = monday_request()
    event, words = item.consent, ConsentText.objects.get()
    text = page_of(solutions_user(), item)

    for proof in (
        "proven: nothing was changed",
        str(event.uid),
        words.sha256,
        words.sentence,
        words.details,
        "23.11.2026 10:00",
        "button of the form",
        "EMSAR SOLUTIONS LLC, EMSAR CONSULTING LLC",
        ">1.0<",
        ">matches<",
    ):
        assert proof in text


def test_consent_words_that_were_changed_are_noticed() -> None:
    item = make_request()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_consenttext DISABLE TRIGGER USER")
        cursor.execute("UPDATE consent_consenttext SET sentence = 'Something else'")
        cursor.execute("ALTER TABLE consent_consenttext ENABLE TRIGGER USER")
    text = page_of(solutions_user(), item)

    assert "NOT as it was written" in text
    assert ">does not match<" in text


def test_consent_event_that_was_changed_is_noticed() -> None:
    item = make_request()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE consent_consentevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE consent_consentevent SET version = '0.9'")
        cursor.execute("ALTER TABLE consent_consentevent ENABLE TRIGGER USER")

    assert "NOT as it was written" in page_of(solutions_user(), item)


def test_withdrawal_stands_beside_the_consent() -> None:
    item = monday_request()
    with travel(24, 9):
        handling.withdraw(item, method=ConsentEvent.Method.WITHDRAWAL_LINK, actor=None)
    text = page_of(solutions_user(), item)

    assert "The person withdrew the consent." in text
    assert "24.11.2026 09:00" in text
    assert "link in the acknowledgement" in text


def test_request_without_consent_says_why() -> None:
    item = make_request()
    ConsultationRequest.objects.filter(pk=item.pk).update(consent=None, source="phone")

    assert "No consent was clicked" in page_of(solutions_user(), item)


def test_clock_explains_itself_and_names_its_clause() -> None:
    with travel(20, 19):
        item = make_request()
    text = page_of(solutions_user(), item)

    for step in (
        "Received: 20 November 2026, 19:00.",
        "counts from the next business day: 23 November 2026, 09:00.",
        "Term: 1 business day.",
        "Not counted: 21 November 2026 – 22 November 2026 (weekend).",
        "Due: 24 November 2026, 18:00.",
        "/privacy-policy/1.0/#E-4a",
    ):
        assert step in text
    assert "calendar has changed" not in text


def test_clock_says_when_the_calendar_has_moved_since() -> None:
    item = monday_request()
    ConsultationRequest.objects.filter(pk=item.pk).update(reply_due_at=at(25, 18))

    assert "The business calendar has changed since: what holds is 25.11.2026 18:00." in page_of(
        solutions_user(), item
    )


def test_last_day_kept_names_event_term_and_clause() -> None:
    item, user = monday_request(), solutions_user()
    with travel(24, 9):
        replying.answered_elsewhere(item, at=at(24, 9), channel="phone", note="", by=user)
    text = page_of(user, item)

    for words in (
        "24 November 2027",
        "12 calendar months from 24 November 2026 (last reply sent).",
        "/privacy-policy/1.0/#E-7.2a",
    ):
        assert words in text


def test_history_is_told_in_plain_words_with_names() -> None:
    nigar, dpo = solutions_user(full_name="Nigar"), make_user(full_name="Kamran")
    item = monday_request()
    with travel(24, 10):
        handling.assign(item, nigar, by=dpo)
        handling.hand_over(item, "consulting", "asked", by=nigar)
        handling.close(item, "no_answer_needed", by=dpo)
        history = context_of(dpo, item)["history"]

    assert [(line.who, line.text, line.change) for line in history] == [
        ("", "The request came in by the form.", ""),
        ("Kamran", "Given to Nigar.", ""),
        ("Kamran", "Taken into review.", "new → in review"),
        ("Nigar", "Handed over: the person asked for it.", ""),
        ("Kamran", "Closed: no answer needed.", "in review → closed"),
    ]


def test_every_event_that_services_write_has_a_sentence() -> None:
    folder = Path(services.__file__).parent
    code = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    written = set(re.findall(r'event(?:: str)? ?= ?"([a-z_]+)"', code))
    written |= set(re.findall(r'note_event\([^,]+, "([a-z_]+)"', code))
    written |= set(re.findall(r'_outcome\([^"\n]+"([a-z_]+)"', code))
    assert written == set(SENTENCES)


def test_unknown_event_shows_its_code() -> None:
    item, user = make_request(), solutions_user()
    item.history.create(event="from_a_later_room", to_status="new")

    assert context_of(user, item)["history"][-1].text == "from_a_later_room"


def test_transfers_stand_on_the_page_with_their_fields() -> None:
    item, user = make_request(company="Xəzər"), solutions_user(full_name="Nigar")
    handling.add_note(item, "A note", by=user)
    handling.hand_over(item, "consulting", "both", by=user)
    (passage,) = context_of(consulting_user(), item)["transfers"]

    assert (passage.who, passage.way, passage.reason, passage.intact) == (
        "Nigar",
        "EMSAR SOLUTIONS LLC → EMSAR CONSULTING LLC",
        "both companies are needed",
        True,
    )
    assert passage.fields == (
        "name, email, company, service, project information, messages and internal notes"
    )


@pytest.mark.parametrize(
    ("shown", "due", "kept"),
    [
        ({"reply_within": 1, "consultation_retention": 12}, "0.9", "0.9"),
        ({"reply_within": 2, "consultation_retention": 24}, "1.0", "1.0"),
        ({"reply_within": 2, "consultation_retention": 6}, "1.0", "0.9"),
        ({}, "1.0", "1.0"),
    ],
    ids=["the same", "worse", "one better", "not stated"],
)
def test_each_clock_links_to_the_version_whose_term_it_keeps(shown, due, kept) -> None:
    item = fresh(monday_request())
    item.version = PolicyVersion(policy_id="privacy-policy", number="0.9", terms=shown)
    clock = clock_of(item)

    assert clock.due_policy.endswith(f"/privacy-policy/{due}/")
    assert clock.kept_policy.endswith(f"/privacy-policy/{kept}/")


def test_clock_of_what_no_clause_names_links_to_the_policy_in_force() -> None:
    item = monday_request()
    handling.close(item, "spam", by=make_user())

    clock = clock_of(fresh(item))
    assert (clock.kept.clause, clock.kept_policy.endswith("/privacy-policy/")) == ("", True)


@pytest.mark.parametrize("withdrawn", [False, True])
def test_no_full_stop_follows_a_russian_date(withdrawn) -> None:
    """Which ends in a full stop of its own."""
    item = monday_request()
    if withdrawn:
        handling.withdraw(item, method="withdrawal_link", actor=None)
    text = page_of(solutions_user(language="ru"), item)

    assert "2026 г." in text
    assert "г.." not in text


def test_words_with_two_meanings_are_two_messages() -> None:
    """Towards a company, for a purpose; a person's name, not a title."""
    form = HandOverForm.base_fields["to_entity"]
    page = Path(services.__file__).parents[2] / "templates/admin/inbox/proof.html"
    with translation.override("ru"):
        assert str(form.label) == pgettext("company that gets a request", "To")
        assert field_words(["name"]) == [pgettext("name of a person", "name")]
    assert '{% translate "To" context "purpose of a consent" %}' in page.read_text("utf-8")
