"""Persons in the admin: the DPO finds, blocks, merges them and notes objections; nobody else."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.subjects.identifiers import find_or_create
from emsar.subjects.models import DataSubject, Objection
from emsar.subjects.services import block
from requests_inbox.models import ConsultationRequest
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db

LIST = "admin:subjects_datasubject_changelist"
VERBS = ("change", "block", "unblock", "object", "merge")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(verb: str, subject: DataSubject) -> str:
    return reverse(f"admin:subjects_datasubject_{verb}", args=[subject.pk])


def person(email: str = "aysel@example.com") -> DataSubject:
    return make_request(email=email).subject


def do(verb: str, subject: DataSubject, **data: str) -> list[str]:
    response = signed_in(make_user()).post(address(verb, subject), data, follow=True)
    return [str(message) for message in response.context["messages"]]


def found(**query: str) -> list[DataSubject]:
    return list(signed_in(make_user()).get(reverse(LIST), query).context["cl"].result_list)


def actions() -> list[str]:
    rows = AuditEvent.objects.filter(action__startswith="subject.").order_by("id")
    return list(rows.values_list("action", flat=True))


def test_list_shows_persons_with_their_addresses() -> None:
    subject = person()
    find_or_create("phone", "+994123456789", subject)
    text = signed_in(make_user()).get(reverse(LIST)).content.decode()

    assert "aysel@example.com, +994 12 345 67 89" in text
    assert str(subject.pk)[:8] in text


@pytest.mark.parametrize("typed", ["aysel@example.com", " AYSEL@example.COM "])
def test_person_is_found_by_email(typed: str) -> None:
    subject = person()
    person("other@example.com")

    assert found(q=typed) == [subject]


def test_person_is_found_by_phone_and_by_number() -> None:
    subject = person()
    find_or_create("phone", "+994123456789", subject)
    person("other@example.com")

    for typed in ("012 345 67 89", str(subject.pk), str(subject.pk)[:8], str(subject.pk).upper()):
        assert found(q=typed) == [subject]


@pytest.mark.parametrize("typed", ["aysel", "example.com", "a@b", "zzzzzzzz", "00000000"])
def test_nothing_else_finds_anybody(typed: str) -> None:
    person()

    assert found(q=typed) == []


def test_page_shows_everything_that_belongs_to_a_person() -> None:
    first = make_request(email="aysel@example.com")
    second = make_request(email="aysel@example.com", service="customs")
    text = signed_in(make_user()).get(address("change", first.subject)).content.decode()

    for item in (first, second):
        assert f"Request {item.reference}" in text
        assert reverse("admin:requests_inbox_consultationrequest_change", args=[item.pk]) in text
    assert "aysel@example.com" in text
    assert str(first.subject_id) in text


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ["administrator", "auditor", "entity_staff"])
def test_persons_are_for_the_dpo(verb: str, role: str) -> None:
    subject = person()
    user = solutions_user() if role == "entity_staff" else make_user(role)
    client = signed_in(user)

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(address(verb, subject)).status_code == 403
    assert client.post(address(verb, subject), {"purpose": "reply"}).status_code == 403
    subject.refresh_from_db()
    assert (subject.blocked_at, actions()) == (None, [])


@pytest.mark.parametrize("verb", VERBS)
def test_unknown_person_is_not_found(verb: str) -> None:
    assert (
        signed_in(make_user()).get(address(verb, DataSubject(pk=uuid.uuid4()))).status_code == 404
    )


@pytest.mark.parametrize("verb", ["block", "unblock", "object", "merge"])
def test_opening_a_page_only_asks(verb: str) -> None:
    subject = person()

    assert signed_in(make_user()).get(address(verb, subject)).status_code == 200
    subject.refresh_from_db()
    assert (subject.blocked_at, actions()) == (None, ["subject.view"])


def test_block_and_unblock() -> None:
    item = make_request()
    assert do("block", item.subject) == ["The records are blocked."]
    assert not ConsultationRequest.objects.visible_to(solutions_user()).exists()
    assert "since" in signed_in(make_user()).get(address("change", item.subject)).content.decode()

    assert do("unblock", item.subject, reason="asked") == ["The block has ended."]
    assert ConsultationRequest.objects.visible_to(solutions_user()).exists()
    assert [action for action in actions() if action != "subject.view"] == [
        "subject.block",
        "subject.unblock",
    ]


def test_blocking_twice_is_told_in_words() -> None:
    subject = person()
    do("block", subject)

    assert do("block", subject) == ["This is not possible: the record has changed meanwhile."]


def test_objection_is_noted_with_its_purpose() -> None:
    subject = person()

    assert do("object", subject, purpose="routing") == ["The objection was noted."]
    assert Objection.objects.get().purpose == "routing"
    text = signed_in(make_user()).get(address("change", subject)).content.decode()
    assert "passing data on to the other company" in text


@pytest.mark.parametrize("purpose", ["", "marketing"])
def test_objection_needs_a_purpose_of_ours(purpose: str) -> None:
    subject = person()
    response = signed_in(make_user()).post(address("object", subject), {"purpose": purpose})

    assert (response.status_code, Objection.objects.count()) == (422, 0)


def test_merge_shows_both_and_what_will_happen_before_it_does() -> None:
    kept, doubled = person("aysel@example.com"), person("a.m@example.com")
    response = signed_in(make_user()).post(address("merge", kept), {"other": "a.m@example.com"})
    text = response.content.decode()

    for words in (
        "1 address moves to the record that is kept.",
        "1 record moves, with its messages and mails.",
        str(kept.pk),
        str(doubled.pk),
        "aysel@example.com",
        "a.m@example.com",
        "This cannot be undone.",
    ):
        assert words in text
    assert "is blocked afterwards" not in text
    assert DataSubject.objects.filter(pk=doubled.pk).exists()


def test_merge_warns_of_a_block_and_of_objections() -> None:
    kept, doubled = person("aysel@example.com"), person("a.m@example.com")
    block(doubled, actor=None)
    Objection.objects.create(subject=doubled, purpose="reply")
    response = signed_in(make_user()).post(address("merge", kept), {"other": "a.m@example.com"})

    text = response.content.decode()
    assert "is blocked afterwards" in text
    assert "The objections hold for the record that is kept." in text


def test_confirmed_merge_makes_one_person_of_two() -> None:
    kept, doubled = person("aysel@example.com"), person("a.m@example.com")
    mails = OutboundMail.objects.count()
    words = do("merge", kept, other=str(doubled.pk), confirmed="yes")

    assert words == ["The two records are one now."]
    assert set(DataSubject.objects.values_list("pk", flat=True)) == {kept.pk}
    assert {item.subject_id for item in ConsultationRequest.objects.all()} == {kept.pk}
    assert kept.identifiers.count() == 2
    assert OutboundMail.objects.filter(subject=kept).count() == mails
    event = AuditEvent.objects.get(action="subject.merge")
    assert (event.subject, event.detail) == (kept.pk, {"from": str(doubled.pk)})


@pytest.mark.parametrize("other", ["", "nobody@example.com", "aysel@example.com", "00000000"])
def test_merge_needs_another_person(other: str) -> None:
    kept = person("aysel@example.com")
    response = signed_in(make_user()).post(
        address("merge", kept), {"other": other, "confirmed": "yes"}
    )

    assert response.status_code == 422
    assert DataSubject.objects.count() == 1


def test_each_look_is_an_event() -> None:
    subject, dpo = person(), make_user()
    client = signed_in(dpo)
    client.get(reverse(LIST))
    client.get(address("change", subject))

    rows = AuditEvent.objects.filter(action__startswith="subject.").order_by("id")
    assert [(row.action, row.actor, row.subject, row.detail) for row in rows] == [
        ("subject.list", dpo.pk, None, {"rows": 1}),
        ("subject.view", dpo.pk, subject.pk, {}),
    ]


@pytest.mark.parametrize("verb", ["block", "merge"])
def test_verbs_are_refused_to_foreign_pages(verb: str) -> None:
    subject = person()
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    assert client.post(address(verb, subject), {}).status_code == 403
    subject.refresh_from_db()
    assert subject.blocked_at is None


def test_persons_are_never_deleted_here() -> None:
    subject = person()
    url = address("delete", subject)

    assert signed_in(make_user()).post(url, {"post": "yes"}).status_code == 403
    assert DataSubject.objects.filter(pk=subject.pk).exists()


@pytest.mark.parametrize("key", ["nonsense", "1"])
def test_nonsense_instead_of_a_number_is_not_found(key: str) -> None:
    assert signed_in(make_user()).get(f"{reverse(LIST)}{key}/change/").status_code == 404


def test_page_of_a_person_is_looked_at_and_never_posted_to() -> None:
    assert signed_in(make_user()).post(address("change", person())).status_code == 405


def test_list_marks_blocked_persons() -> None:
    block(person(), actor=None)

    text = signed_in(make_user()).get(reverse(LIST)).content.decode()
    assert 'class="badge badge--overdue">blocked<' in text
