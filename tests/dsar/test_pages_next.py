"""What a person reads about where a request stands, whose turn it is, and why it was refused."""

from datetime import timedelta

import pytest

from dsar.following import followed, ground_of
from dsar.grounds import Ground
from dsar.models import Case, Kind, Outcome, Release, Status
from dsar.plainwords import title_of
from dsar.services import deciding, releases
from emsar.entities.registry import registry
from emsar.subjects import services as subjects
from emsar.subjects.models import DataSubject
from tests.dsar.asking import ADDRESS, LANGUAGES, ask, mails, path_in, text_of, verified
from tests.dsar.desk import ended, make_case
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db

WHOSE_TURN = {
    Kind.CORRECTION: "Propose the right value.",
    Kind.DELETION: "the system deletes it by itself",
    Kind.OBJECTION: "Your data are not used meanwhile.",
    Kind.BLOCKING: "Your data are blocked already.",
    Kind.COMPLAINT: "answers you here and by mail.",
    Kind.OTHER: "answers you here and by mail.",
    Kind.CHILD: "first looks for the data that this is about",
}


@pytest.mark.parametrize(("kind", "words"), WHOSE_TURN.items())
def test_open_case_says_what_comes_next(kind, words):
    assert words in followed(make_case(kind)).next


def test_child_s_case_says_it_again_once_the_officer_has_picked():
    contact = make_request(email="kid@example.com").subject
    assert "deletes it by itself" in followed(make_case(Kind.CHILD, subject=contact.pk)).next


def test_question_of_ours_is_the_person_s_turn():
    case = make_case(Kind.COMPLAINT)
    deciding.pause(case, "Which address?", by=make_user())
    case.refresh_from_db()
    found = followed(case)
    assert found.state == "waits for your answer"
    assert "We have asked you a question." in found.next
    assert [(each.name, each.day is None) for each in found.deadlines] == [
        ("We promise our answer by", False),
        ("The term of the law", True),
    ]


def test_shared_address_waits_for_the_officer():
    case = make_case(Kind.ACCESS, is_shared=True)
    assert "Several people have written" in followed(case).next


@pytest.mark.parametrize("fields", [{"verified": False}, {"status": Status.EXECUTED}])
def test_nothing_is_said_where_the_state_says_it_all(fields):
    assert followed(make_case(Kind.DELETION, **fields)).next == ""


def test_copy_that_is_used_up_or_too_old_says_so():
    case = make_case(Kind.ACCESS)
    releases.release(case)
    assert followed(case).next == ""
    Release.objects.update(downloads=3)
    assert "cannot be fetched any more" in followed(case).next
    Release.objects.update(downloads=0, expires_at=case.received_at - timedelta(days=1))
    assert "cannot be fetched any more" in followed(case).next


@pytest.mark.parametrize(
    ("outcome", "is_answered"),
    [
        (Outcome.FULFILLED, True),
        (Outcome.PARTLY, True),
        (Outcome.NOTHING_HELD, True),
        (Outcome.REFUSED, True),
        (Outcome.WITHDRAWN, False),
        (Outcome.JOINED, False),
    ],
)
def test_where_to_complain_stands_beside_what_was_answered(outcome, is_answered):
    assert followed(ended(make_case(Kind.COMPLAINT), outcome)).is_answered is is_answered


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusal_shows_its_ground_and_the_authority(client, language):
    case = verified(client, Kind.DELETION, language=language)
    page = f"/{language}/my-data/cases/{case.reference}/"
    assert 'id="complain"' not in client.get(page).text
    assert ground_of(case) == ""
    law = registry().references[0].slug
    deciding.refuse(case, Ground.REPEATED, law, "Answered on Monday.", by=make_user())
    response = client.get(page)
    part = response.text.partition('id="complain"')[2].partition("</section>")[0]
    assert registry().authority.service.get(language) in part
    assert registry().authority.website in part
    case = Case.objects.get()
    assert ground_of(case) in text_of(response.text)


def test_ground_is_told_in_the_language_of_the_page(client):
    case = verified(client, Kind.DELETION)
    deciding.refuse(case, Ground.CORRECT, registry().references[0].slug, "No.", by=make_user())
    for language, words in {"az": "olduğu kimi düzgündür", "ru": "верны в нынешнем виде"}.items():
        page = client.get(f"/{language}/my-data/cases/{case.reference}/")
        assert words in text_of(page.text)


def test_fault_is_told_in_the_title_and_beside_the_field(client):
    case = verified(client, Kind.COMPLAINT)
    page = client.post(f"/en/my-data/cases/{case.reference}/message/", {"body": " "})
    assert page.status_code == 422
    assert "<title>To correct: I have a complaint" in page.text
    assert 'action="/en/my-data/cases/' in page.text
    assert "message/#messages" in page.text


def test_colon_follows_no_question_mark_in_the_list_of_faults(client):
    page = text_of(client.post("/en/my-data/", {"email": "x"}).text)
    assert "What do you ask for? Please choose at least one." in page
    assert "Email: Please" in page or "Email: Enter" in page


def test_link_lists_what_was_asked_in_the_order_of_the_form(client):
    kinds = [Kind.OTHER, Kind.DELETION, Kind.COMPLAINT, Kind.ACCESS]
    ask(*kinds)
    page = text_of(client.get(path_in(mails()[-1])).text)
    places = [page.index(title_of(kind)) for kind in kinds]
    assert sorted(places) == [places[3], places[1], places[2], places[0]]


def test_block_that_is_asked_for_again_waits_and_says_so(client):
    make_request(email=ADDRESS)
    subjects.block(DataSubject.objects.get(), actor=None)
    case = verified(client, Kind.BLOCKING)
    assert "Your data are blocked already." in text_of(
        client.get(f"/en/my-data/cases/{case.reference}/").text
    )
