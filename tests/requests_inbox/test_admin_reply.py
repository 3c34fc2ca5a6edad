"""Writing a reply in the admin: claim, draft, greeting, sending; what was typed is never lost."""

import pytest
from django.test import Client

from emsar.audit.models import AuditEvent
from requests_inbox.admin.greeting import is_only_frame, opening
from requests_inbox.models import ConsultationRequest, Status, TransferReason
from requests_inbox.services import handling, replying
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    address,
    at,
    block_person,
    deliver,
    events,
    fresh,
    give_up,
    message_of,
    messages,
    page_of,
    replies,
    signed_in,
    travel,
)

pytestmark = pytest.mark.django_db


def told(response) -> list[str]:
    """What the page that follows says."""
    return [str(message) for message in response.context["messages"]]


def send(client: Client, verb: str, item, **data: str):
    return client.post(address(verb, item), data, follow=True)


def test_opening_the_reply_form_claims_the_request() -> None:
    item, user = make_request(), solutions_user()
    response = signed_in(user).post(address("write", item))

    assert response["Location"] == f"{address('change', item)}#reply"
    assert fresh(item).writing_by == user


def test_reply_form_is_there_only_for_whoever_claimed() -> None:
    item, user = make_request(), solutions_user()
    assert "<textarea" not in page_of(user, item).split('id="reply"')[0].split("thread")[0]
    assert 'id="reply"' not in page_of(user, item)

    replying.claim_writing(item, by=user)
    assert 'id="reply"' in page_of(user, item)
    assert 'id="reply"' not in page_of(make_user(), item)


def test_reply_form_cannot_be_opened_while_a_colleague_writes() -> None:
    item = make_request()
    replying.claim_writing(item, by=solutions_user(full_name="Nigar"))
    response = send(signed_in(make_user()), "write", item)

    assert told(response) == ["Nigar is writing a reply to this request."]
    assert 'id="reply"' not in response.content.decode()


@pytest.mark.parametrize(
    ("language", "company"),
    [("en", "EMSAR SOLUTIONS LLC"), ("az", "EMSAR SOLUTIONS MMC"), ("ru", "EMSAR SOLUTIONS LLC")],
)
def test_greeting_is_prefilled_with_name_and_company(language: str, company: str) -> None:
    item, user = make_request(language, name="Aysel Məmmədova"), solutions_user(full_name="Nigar")
    replying.claim_writing(item, by=user)
    text = opening(item, user)

    assert "Aysel Məmmədova" in text.splitlines()[0]
    assert text.splitlines()[-2] == "Nigar"
    assert f'lang="{language}"' in page_of(user, item)
    if language != "ru":
        assert text.splitlines()[-1] == company


def test_greeting_of_a_request_of_nobodys_is_signed_by_the_group() -> None:
    item = make_request(service="other")

    assert opening(item, make_user()).splitlines()[-1] == "EMSAR GROUP"


def test_odd_name_is_not_greeted() -> None:
    item = make_request(name="http://spam.example Win")

    assert opening(item, make_user()).splitlines()[0] == "Hello,"


def test_frame_alone_is_no_reply() -> None:
    item, user = make_request(), solutions_user()
    response = signed_in(user).post(address("reply", item), {"body": opening(item, user)})

    assert response.status_code == 422
    assert "nothing but the greeting" in response.content.decode()
    assert replies(item) == []
    assert is_only_frame(opening(item, user).replace("\n", "\r\n"), item, user)


def test_reply_is_queued_and_told() -> None:
    item, user = make_request(email="aysel@example.com"), solutions_user()
    response = send(signed_in(user), "reply", item, body="Dear Aysel,\r\n\r\nyes.")

    assert told(response) == [f"The reply to {item.reference} is being sent."]
    assert messages(item) == [("outgoing", "Dear Aysel,\n\nyes.")]
    assert [(mail.to_address, mail.mailbox) for mail in replies(item)] == [
        ("aysel@example.com", "info@emsarsolutions.az")
    ]
    assert fresh(item).writing_by is None


def test_reply_without_words_is_refused() -> None:
    item = make_request()
    response = signed_in(solutions_user()).post(address("reply", item), {"body": "  "})

    assert (response.status_code, replies(item)) == (422, [])


def test_second_reply_keeps_what_was_typed() -> None:
    item, first, second = make_request(), solutions_user(), make_user()
    replying.claim_writing(item, by=first)
    response = signed_in(second).post(address("reply", item), {"body": "My long answer"})

    assert response.status_code == 409
    text = response.content.decode()
    assert "is writing a reply to this request." in text
    assert ">\nMy long answer</textarea>" in text
    assert replies(item) == []


def test_reply_to_a_request_that_was_withdrawn_meanwhile_is_told_in_words() -> None:
    item, user = make_request(), solutions_user()
    handling.withdraw(item, method="withdrawal_link", actor=None)
    response = signed_in(user).post(address("reply", item), {"body": "My long answer"})

    assert response.status_code == 409
    assert "My long answer" in response.content.decode()
    assert "consent withdrawn" in response.content.decode()


def test_reply_to_blocked_records_is_told_in_words() -> None:
    item = make_request()
    block_person(item)
    response = signed_in(make_user()).post(address("reply", item), {"body": "My long answer"})

    assert response.status_code == 409
    assert "The records of this person are blocked." in response.content.decode()


def test_draft_is_kept_shown_again_and_prolongs_the_claim() -> None:
    user = solutions_user()
    with travel(23, 10):
        item = make_request()
        replying.claim_writing(item, by=user)
    with travel(23, 10, 10):
        response = send(signed_in(user), "draft", item, body="Half an answer")

        assert told(response) == ["Draft saved."]
        assert "Half an answer</textarea>" in response.content.decode()
    assert fresh(item).writing_until == at(23, 10, 25)
    assert messages(item) == [("draft", "Half an answer")]


def test_draft_is_shown_to_its_author_alone() -> None:
    item, user = make_request(), solutions_user()
    replying.save_draft(item, "Half an answer", by=user)

    assert "Go on with my draft" in page_of(user, item)
    assert "Half an answer" not in page_of(make_user(), item)


def test_empty_draft_is_deleted() -> None:
    item, user = make_request(), solutions_user()
    replying.save_draft(item, "Half an answer", by=user)
    response = send(signed_in(user), "draft", item, body="")

    assert (told(response), messages(item)) == (["Draft deleted."], [])


def test_draft_is_kept_even_when_a_colleague_has_begun_to_write() -> None:
    item, user = make_request(), solutions_user()
    replying.claim_writing(item, by=make_user(full_name="Kamran"))
    response = send(signed_in(user), "draft", item, body="Half an answer")

    assert messages(item) == [("draft", "Half an answer")]
    assert told(response) == ["Draft saved.", "Kamran is writing a reply to this request."]


def test_stopping_keeps_the_words_and_frees_the_request() -> None:
    item, user = make_request(), solutions_user()
    replying.claim_writing(item, by=user)
    response = send(signed_in(user), "release", item, body="Half an answer")

    assert told(response) == ["Your text is kept as a draft."]
    assert (fresh(item).writing_by, messages(item)) == (None, [("draft", "Half an answer")])


def test_stopping_with_nothing_but_the_greeting_keeps_no_draft() -> None:
    item, user = make_request(), solutions_user()
    replying.claim_writing(item, by=user)
    send(signed_in(user), "release", item, body=opening(item, user))

    assert (fresh(item).writing_by, messages(item)) == (None, [])


@pytest.mark.parametrize("verb", ["reply", "draft", "release", "note"])
def test_text_beyond_the_limit_is_given_back(verb: str) -> None:
    item, user = make_request(), solutions_user()
    response = signed_in(user).post(address(verb, item), {"body": "x" * 20_001})

    assert response.status_code == 422
    assert "x" * 20_001 in response.content.decode()
    assert messages(item) == []


def test_note_is_added() -> None:
    item, user = make_request(), solutions_user()
    response = send(signed_in(user), "note", item, body="Rings on Monday")

    assert (told(response), messages(item)) == (
        ["The note was added."],
        [("note", "Rings on Monday")],
    )


def test_note_without_words_is_refused_beside_its_field() -> None:
    item = make_request()
    response = signed_in(solutions_user()).post(address("note", item), {"body": ""})

    assert response.status_code == 422
    assert response.context["note_form"].errors.keys() == {"body"}


def test_undelivered_reply_is_sent_again() -> None:
    item, user = make_request(), solutions_user()
    replying.send_reply(item, "Text", by=user)
    (mail,) = replies(item)
    give_up(mail)
    response = send(signed_in(user), "retry", item, message=str(message_of(item).pk))

    assert told(response) == ["The mail is being sent again."]
    assert AuditEvent.objects.get(action="mail.retry").object_id == str(mail.pk)
    deliver()
    assert fresh(item).status == Status.REPLIED
    assert events(item)[-2:] == ["reply_queued_again", "replied"]


def test_reply_of_the_company_that_had_it_before_is_not_sent_again() -> None:
    item, user = make_request(service="other"), make_user()
    handling.hand_over(item, "consulting", TransferReason.values[0], by=user)
    replying.send_reply(fresh(item), "Text", by=user)
    (mail,) = replies(item)
    give_up(mail)
    handling.hand_over(fresh(item), "solutions", TransferReason.values[0], by=user)
    chosen = str(message_of(item).pk)
    response = send(signed_in(solutions_user()), "retry", item, message=chosen)
    assert told(response) == ["This mail cannot be sent again."]


def test_reply_of_a_closed_request_is_not_sent_again() -> None:
    item, user = make_request(), solutions_user()
    replying.send_reply(item, "Text", by=user)
    give_up(replies(item)[0])
    ConsultationRequest.objects.filter(pk=item.pk).update(status=Status.WITHDRAWN)
    response = send(signed_in(user), "retry", item, message=str(message_of(item).pk))
    assert told(response) != ["The mail is being sent again."]
    assert not AuditEvent.objects.filter(action="mail.retry").exists()


@pytest.mark.parametrize("which", ["sent", "foreign", "nonsense", "missing"])
def test_nothing_else_is_sent_again(which: str) -> None:
    item, other, user = make_request(), make_request(), solutions_user()
    for request in (item, other):
        replying.send_reply(request, "Text", by=user)
    deliver()
    if which == "foreign":
        replying.send_reply(other, "More", by=user)
        give_up(replies(other)[-1])
    chosen = {
        "sent": str(message_of(item).pk),
        "foreign": str(other.messages.last().pk),
        "nonsense": "nonsense",
        "missing": "",
    }[which]
    response = send(signed_in(user), "retry", item, message=chosen)

    assert told(response) == ["This mail cannot be sent again."]
    assert not AuditEvent.objects.filter(action="mail.retry").exists()


@pytest.mark.parametrize("verb", ["draft", "note"])
def test_words_for_blocked_records_are_given_back(verb: str) -> None:
    item = make_request()
    block_person(item)
    response = signed_in(make_user()).post(address(verb, item), {"body": "My long answer"})

    assert response.status_code == 409
    text = response.content.decode()
    assert "The records of this person are blocked." in text
    assert "My long answer" in text
    assert messages(item) == []
