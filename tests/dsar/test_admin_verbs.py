"""Verbs of a case: done, refused in words, stale, clicked twice; what was typed is never lost."""

from typing import Any

import pytest

from dsar.models import Case, CaseEvent, CaseMessage, Kind, Outcome, Proof, Proposal, Status
from dsar.services import deciding
from emsar.entities.models import LegalReference
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import DataSubject, Objection, UnblockReason
from tests.dsar.desk import ended, make_case, said, signed_in, url, verb_url
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Any:
    return signed_in(make_user())


def post(client: Any, case: Case, verb: str, **data: Any) -> Any:
    response = client.post(verb_url(case, verb), data)
    case.refresh_from_db()
    return response


def law() -> str:
    return str(LegalReference.objects.filter(active=True).first().pk)


def test_question_rests_the_term_and_its_answer_lets_it_run(client) -> None:
    case = make_case(Kind.COMPLAINT)
    promised, by_law = case.promise_due, case.statutory_due
    assert post(client, case, "question", words="Who are you?").status_code == 302
    assert (case.statutory_due, case.promise_due) == (None, promised)
    page = client.get(url("case_change", case.pk))
    assert "It rests since" in page.text
    assert post(client, case, "resume").status_code == 302
    assert (case.statutory_due, case.promise_due) == (by_law, promised)


def test_extension_is_told_and_made_once(client) -> None:
    case = make_case(Kind.COMPLAINT)
    before, promised = case.statutory_due, case.promise_due
    assert post(client, case, "extend", words="We have to ask a third party.").status_code == 302
    assert case.statutory_due > before
    assert case.promise_due == promised
    again = post(client, case, "extend", words="Once more.")
    assert again.status_code == 409
    assert "is not possible for this case now" in again.text


def test_answer_ends_a_complaint_and_the_page_names_the_authority_first(client) -> None:
    case = make_case(Kind.COMPLAINT)
    assert "where to complain" in client.get(verb_url(case, "answer")).text
    response = post(client, case, "answer", words="You are right.", outcome="fulfilled")
    assert response.status_code == 302
    assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.FULFILLED)


def test_refusal_needs_a_ground_a_law_and_words(client) -> None:
    case = make_case(Kind.CORRECTION)
    full = {"ground": "correct", "legal_reference": law(), "words": "They are right."}
    for missing in full:
        data = {name: value for name, value in full.items() if name != missing}
        assert post(client, case, "refuse", **data).status_code == 422
        assert case.is_running
    assert post(client, case, "refuse", **full).status_code == 302
    assert case.outcome == Outcome.REFUSED


def test_second_click_on_a_refusal_changes_nothing_and_says_so(client) -> None:
    case = make_case(Kind.COMPLAINT)
    data = {"ground": "unfounded", "legal_reference": law(), "words": "No."}
    post(client, case, "refuse", **data)
    mails, events = OutboundMail.objects.count(), CaseEvent.objects.count()
    assert post(client, case, "refuse", **data).status_code == 409
    assert (OutboundMail.objects.count(), CaseEvent.objects.count()) == (mails, events)


def test_what_a_colleague_did_meanwhile_is_told_on_the_case_s_own_page(client, monkeypatch) -> None:
    case, officer = make_case(Kind.COMPLAINT), make_user()
    real = deciding.answer

    def overtaken(found: Case, words: str, **more: Any) -> None:
        deciding.withdraw(found, by_person=False, by=officer)
        real(found, words, **more)

    monkeypatch.setattr("dsar.admin.verbs.deciding.answer", overtaken)
    response = post(client, case, "answer", words="Yes.", outcome="fulfilled")
    assert response.status_code == 409
    assert "colleague was faster" in response.text


def test_proof_opens_the_case_and_says_what_was_seen(client) -> None:
    case = make_case(Kind.COMPLAINT, verified=False)
    assert post(client, case, "prove", proof=Proof.DOCUMENT).status_code == 422
    assert post(client, case, "prove", proof=Proof.LINK, note="x").status_code == 422
    response = post(client, case, "prove", proof=Proof.DOCUMENT, note="Seen today.")
    assert response.status_code == 302
    assert (case.status, case.file.proof_note) == (Status.OPEN, "Seen today.")
    assert "Seen today." in client.get(url("case_change", case.pk)).text


def test_link_is_mailed_as_seldom_as_the_rules_allow(client) -> None:
    case = make_case(Kind.COMPLAINT, verified=False)
    assert post(client, case, "link").status_code == 302
    again = post(client, case, "link")
    assert again.status_code == 409
    assert "No more link can be mailed" in again.text


@pytest.mark.parametrize("verb", ["answer", "refuse", "approve", "release", "message", "object"])
def test_nothing_personal_leaves_before_identity_is_proved(client, verb: str) -> None:
    case = make_case(Kind.COMPLAINT, verified=False)
    data = {"words": "x", "outcome": "fulfilled", "sure": "on", "purposes": "reply"}
    assert post(client, case, verb, **data).status_code == 409
    assert case.status == Status.UNVERIFIED


def test_message_and_note_stand_in_the_thread_escaped(client) -> None:
    case = make_case(Kind.COMPLAINT)
    assert post(client, case, "message", words="<script>alert(1)</script>").status_code == 302
    assert post(client, case, "note", words="For us.").status_code == 302
    page = client.get(url("case_change", case.pk)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page
    kinds = list(CaseMessage.objects.filter(file=case.pk).values_list("direction", flat=True))
    assert kinds == ["to_person", "note"]


@pytest.mark.parametrize(
    ("fields", "offered"),
    [
        ({"verified": False}, {"note"}),
        ({}, {"message", "note"}),
        ({"status": Status.APPROVED}, {"message", "note"}),
        ({"status": Status.EXECUTED}, {"message", "note"}),
    ],
)
def test_page_shows_the_forms_that_can_be_sent(client, fields: dict, offered: set[str]) -> None:
    case = make_case(Kind.DELETION, **fields)
    page = client.get(url("case_change", case.pk)).text
    for verb in ("message", "note"):
        assert (f'action="{verb_url(case, verb)}"' in page) == (verb in offered)
        answer = post(client, case, verb, words="Hello").status_code
        assert answer == (302 if verb in offered else 409)
    kinds = {"message": "to_person", "note": "note"}
    rows = CaseMessage.objects.filter(file=case.pk).values_list("direction", flat=True)
    assert set(rows) == {kinds[verb] for verb in offered}


@pytest.mark.parametrize("words", ["", "   ", "x" * 20_001])
def test_bad_words_come_back_with_the_reason(client, words: str) -> None:
    case = make_case(Kind.COMPLAINT)
    response = post(client, case, "message", words=words)
    assert response.status_code in {409, 422}
    assert not CaseMessage.objects.exists()


def test_records_are_chosen_each_with_one_answer(client) -> None:
    mine, other = (make_request(email="two@example.com", name=name) for name in ("A", "B"))
    case = make_case(Kind.COMPLAINT, email="two@example.com", is_shared=True)
    yes, no = f"record-{mine.pk}", f"record-{other.pk}"
    assert post(client, case, "records", **{yes: "yes"}).status_code == 422
    assert post(client, case, "records", **{yes: "yes", no: "no"}).status_code == 302
    assert case.chosen_at is not None


def test_record_that_came_in_meanwhile_has_to_be_chosen_too(client) -> None:
    mine = make_request(email="two@example.com", name="A")
    case = make_case(Kind.COMPLAINT, email="two@example.com", is_shared=True)
    data = {f"record-{mine.pk}": "yes"}
    make_request(email="two@example.com", name="C")
    assert post(client, case, "records", **data).status_code == 422
    assert case.chosen_at is None


def test_subject_of_a_child_s_case_is_found_by_post_shown_and_confirmed(client) -> None:
    child = make_request(email="child@example.com")
    case = make_case(Kind.CHILD, email="parent@example.com")
    assert post(client, case, "subject", person="nobody@example.com").status_code == 422
    asked = post(client, case, "subject", person="child@example.com")
    assert asked.status_code == 200
    assert "child@example.com" in asked.text
    assert case.subject is None
    answer = post(client, case, "subject", person=str(child.subject_id), confirmed="yes")
    assert answer.status_code == 302
    assert case.subject == child.subject_id
    assert "example.com" not in answer.headers["Location"]


@pytest.mark.parametrize("text", ["", "\0", "%", "a@b", "not somebody", "' OR 1=1 --"])
def test_odd_search_for_a_person_finds_nobody(client, text: str) -> None:
    case = make_case(Kind.CHILD)
    for confirmed in ("", "yes"):
        response = post(client, case, "subject", person=text, confirmed=confirmed)
        assert response.status_code == 422
    assert case.subject is None


def test_correction_is_entered_compared_and_decided(client) -> None:
    request = make_request(email="me@example.com", name="Aysl")
    case = make_case(Kind.CORRECTION, email="me@example.com")
    place = f"requests_inbox.consultationrequest|{request.pk}|name"
    assert post(client, case, "propose", place="x|y|z", value="Aysel").status_code == 422
    assert post(client, case, "propose", place=place, value="Aysel").status_code == 302
    address = url("case_decide", case.pk, Proposal.objects.get().pk)
    page = client.get(address).text
    assert "<del>Aysl</del>" in page
    assert "<ins>Aysel</ins>" in page
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"decision": "approve"}).status_code == 302
    request.refresh_from_db()
    assert request.name == "Aysel"
    assert client.post(address, {"decision": "reject"}).status_code == 409


def test_objection_stops_the_purposes_that_were_named(client) -> None:
    case = make_case(Kind.OBJECTION)
    assert post(client, case, "object").status_code == 422
    assert post(client, case, "object", purposes=["nothing"]).status_code == 422
    assert post(client, case, "object", purposes=["notice"]).status_code == 302
    assert list(Objection.objects.values_list("purpose", flat=True)) == ["notice"]


def test_block_is_set_and_lifted_with_a_reason(client) -> None:
    case = make_case(Kind.BLOCKING)
    assert post(client, case, "block").status_code == 302
    assert DataSubject.objects.get(pk=case.subject).blocked_at is not None
    assert "The records of this person are blocked." in client.get(url("case_change", case.pk)).text
    assert post(client, case, "lift").status_code == 422
    reason = UnblockReason.values[0]
    assert post(client, case, "lift", reason=reason).status_code == 302
    assert DataSubject.objects.get(pk=case.subject).blocked_at is None


def test_release_lets_the_person_fetch_the_package(client) -> None:
    case = make_case(Kind.ACCESS)
    assert post(client, case, "release").status_code == 422
    assert post(client, case, "release", sure="on").status_code == 302
    assert case.release.downloads == 0
    assert "0 / 3" in client.get(url("case_change", case.pk)).text


def test_withdrawal_by_word_of_mouth_ends_the_case(client) -> None:
    case = make_case(Kind.COMPLAINT)
    assert post(client, case, "withdraw").status_code == 422
    assert post(client, case, "withdraw", asked="on").status_code == 302
    assert case.outcome == Outcome.WITHDRAWN


def test_opening_a_verb_that_is_not_possible_leads_back_with_a_word(client) -> None:
    case = ended(make_case(Kind.COMPLAINT))
    response = client.get(verb_url(case, "answer"), follow=True)
    assert response.redirect_chain[0][0] == url("case_change", case.pk)
    assert any("is not possible" in text for text in said(response))


def test_case_whose_file_is_gone_still_has_its_dates(client) -> None:
    case = ended(make_case(Kind.COMPLAINT, details="Secret words"))
    case.file.delete()
    page = client.get(url("case_change", case.pk))
    assert page.status_code == 200
    assert "The file of this case is gone" in page.text
    assert "Secret words" not in page.text
