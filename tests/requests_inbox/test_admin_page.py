"""The page of one request: thread, consent proof, clock with its arithmetic, history, transfers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from emsar.outbox.models import OutboundMail
from emsar.staff.models import User
from emsar.subjects.identifiers import find_or_create
from emsar.subjects.services import object_to
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import handling, replying
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    LIST,
    address,
    at,
    block_person,
    deliver,
    give_up,
    page_of,
    replies,
    signed_in,
    travel,
)

pytestmark = pytest.mark.django_db


def monday_request(**fields) -> ConsultationRequest:
    with travel(23, 10):
        return make_request(**fields)


def context_of(user: User, item: ConsultationRequest) -> dict:
    return signed_in(user).get(address("change", item)).context


def test_page_shows_who_asks_what_of_whom() -> None:
    item = monday_request(
        name="Aysel", email="aysel@example.com", company="Xəzər MMC", project="Line\nby line"
    )
    text = page_of(solutions_user(), item)

    for words in (
        item.reference,
        "Aysel",
        "aysel@example.com",
        "Xəzər MMC",
        "EMSAR SOLUTIONS LLC",
        "Cybersecurity",
        "Line\nby line",
        "23.11.2026 10:00",
    ):
        assert words in text


def test_what_people_type_is_shown_as_text() -> None:
    evil = "<script>alert(1)</script>{{ 7|add:7 }}"
    item = make_request(name=f"A {evil}", company=evil, project=evil)
    handling.add_note(item, evil, by=solutions_user())
    text = page_of(solutions_user(), item)

    assert "<script>alert" not in text
    assert text.count(escape(evil)) == 5


def test_phone_is_shown_as_people_write_it() -> None:
    item = make_request()
    item.phone = find_or_create("phone", "+994123456789", item.subject)
    item.save(update_fields=["phone"])

    assert "+994 12 345 67 89" in page_of(solutions_user(), item)


def test_thread_stands_in_the_order_of_what_happened() -> None:
    user = solutions_user(full_name="Nigar")
    item = monday_request(name="Aysel", project="First")
    with travel(24, 12):
        handling.add_note(item, "Third", by=user)
        replying.answered_elsewhere(item, at=at(23, 11), channel="phone", note="Second", by=user)
        replying.message_received(item, at=at(24, 13 - 2), channel="whatsapp", body="2b", by=user)
        replying.save_draft(item, "Nobody's business", by=solutions_user())
        thread = context_of(user, item)["thread"]

    assert [(entry.side, entry.who, entry.how, entry.body) for entry in thread] == [
        ("in", "Aysel", "by the form", "First"),
        ("out", "Nigar", "by phone", "Second"),
        ("in", "Aysel", "by WhatsApp, recorded by Nigar", "2b"),
        ("note", "Nigar", "", "Third"),
    ]


def test_notes_are_marked_as_disclosable() -> None:
    item, user = make_request(), solutions_user()
    handling.add_note(item, "Text", by=user)

    assert "internal note, may be disclosed to the person" in page_of(user, item)


def test_state_of_a_reply_is_said_in_words() -> None:
    item, user = make_request(), solutions_user()
    replying.send_reply(item, "Text", by=user)
    assert "being sent" in page_of(user, item)

    deliver()
    assert "accepted by the mail server" in page_of(user, item)


def test_waiting_reply_says_why_and_when_it_is_tried_again() -> None:
    item, user = make_request(), solutions_user()
    replying.send_reply(item, "Text", by=user)
    OutboundMail.objects.filter(pk=replies(item)[0].pk).update(
        last_error="SMTPServerDisconnected", attempts=3, due_at=at(24, 9)
    )

    text = page_of(user, item)
    assert "attempts so far: 3; SMTPServerDisconnected; next attempt 24.11.2026 09:00" in text


def test_undelivered_reply_can_be_sent_again() -> None:
    item, user = make_request(), solutions_user()
    replying.send_reply(item, "Text", by=user)
    give_up(replies(item)[0])

    text = page_of(user, item)
    assert "not delivered" in text
    assert "SMTPRecipientsRefused 550" in text
    assert f'action="{address("retry", item)}"' in text


def test_reply_that_was_cancelled_by_a_withdrawal_says_so() -> None:
    item, user = make_request(), solutions_user()
    replying.send_reply(item, "Text", by=user)
    handling.withdraw(item, method="withdrawal_link", actor=None)

    assert "not sent: processing has stopped" in page_of(user, item)


def test_page_warns_of_a_colleague_who_writes() -> None:
    item, user = monday_request(), solutions_user(full_name="Nigar")
    with travel(24, 10):
        replying.claim_writing(item, by=user)
        text = page_of(make_user(), item)
        assert "Nigar is writing a reply." in text
        assert "after 10:15" in text
        assert f'action="{address("write", item)}"' not in text
    with travel(24, 10, 15):
        assert "is writing a reply" not in page_of(make_user(), item)


def test_objections_of_the_person_are_shown_to_whoever_works_on_it() -> None:
    item = make_request()
    object_to(item.subject, "routing", actor=None)

    text = page_of(solutions_user(), item)
    assert "The person objected to:" in text
    assert "passing data on to the other company" in text


def test_blocked_request_has_a_banner_and_leaves_only_the_persons_own_right() -> None:
    item = make_request()
    block_person(item)
    context = context_of(make_user(), item)

    assert (context["is_blocked"], context["verbs"]) == (True, {"withdraw"})
    text = page_of(make_user(), item)
    assert "The records of this person are blocked." in text
    assert f"/admin/subjects/datasubject/{item.subject_id}/change/" in text


def test_page_offers_what_the_state_permits_and_nothing_else() -> None:
    dpo, item = make_user(), make_request()
    everything = {
        "write", "note", "assign", "answered", "received", "hand_over", "close", "withdraw",
    }  # fmt: skip
    assert context_of(dpo, item)["verbs"] == everything

    handling.close(item, "spam", by=dpo)
    assert context_of(dpo, item)["verbs"] == everything - {"close"}

    ConsultationRequest.objects.filter(pk=item.pk).update(contact=None, consent=None)
    assert context_of(dpo, item)["verbs"] == everything - {"close", "write", "withdraw"}


def test_withdrawn_request_can_only_be_read() -> None:
    item = make_request()
    handling.withdraw(item, method="withdrawal_link", actor=None)
    text = page_of(solutions_user(), item)

    assert context_of(solutions_user(), item)["verbs"] == set()
    assert 'method="post"' not in text.split('id="content-start"')[1]


def test_records_of_the_person_are_a_link_for_the_dpo_alone() -> None:
    item = make_request()

    assert "/admin/subjects/datasubject/" in page_of(make_user(), item)
    assert "/admin/subjects/datasubject/" not in page_of(solutions_user(), item)


def test_unreadable_value_is_a_marker_and_not_an_error() -> None:
    item = make_request()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_inbox_consultationrequest SET name = 'garbage'::bytea")

    assert "unreadable" in page_of(solutions_user(), item)


def test_number_of_queries_does_not_grow_with_the_thread() -> None:
    item, user, dpo = make_request(), solutions_user(), make_user()
    client = signed_in(user)

    def queries() -> int:
        client.get(address("change", item))
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address("change", item)).status_code == 200
        return len([query for query in seen if "publicationcounter" not in query["sql"]])

    handling.add_note(item, "One", by=user)
    handling.assign(item, user, by=dpo)
    one = queries()
    for _ in range(2):
        handling.add_note(item, "More", by=dpo)
        replying.send_reply(item, "Text", by=user)
        deliver()
    assert (queries(), one < 30) == (one, True)


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_page_is_in_the_colleagues_language(language: str) -> None:
    user = solutions_user(language=language)
    response = signed_in(user).get(address("change", make_request()))

    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in response.content.decode()


def test_page_is_not_kept_by_anybody() -> None:
    response = signed_in(solutions_user()).get(address("change", make_request()))

    assert "no-store" in response["Cache-Control"]


def test_page_carries_no_inline_script_or_style() -> None:
    response = signed_in(solutions_user()).get(address("change", make_request()))
    text = response.content.decode()

    assert "style=" not in text
    assert "<style" not in text
    assert " onclick" not in text
    assert all("src=" in part.split(">")[0] for part in text.split("<script")[1:])
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_nobody_is_said_to_write_about_blocked_records() -> None:
    item, user = monday_request(), solutions_user(full_name="Nigar")
    with travel(24, 10):
        replying.claim_writing(item, by=user)
        block_person(item)
        dpo = make_user()
        assert "is writing" not in page_of(dpo, item)
        assert "is writing" not in signed_in(dpo).get(reverse(LIST)).content.decode()
