"""The proof of a consent: the text exactly as it was shown, its hash computed anew."""

import pytest

from consent.models import ConsentEvent, ConsentText
from consent.notices import COOKIE_CHOICE, notice
from consent.receipts.address import receipt_path
from consent.services import given, withdraw
from emsar.audit.models import AuditEvent
from emsar.staff.models import Role
from requests_inbox.models import ConsultationRequest
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db
EVENTS = "/admin/consent/consentevent/"
TEXTS = "/admin/consent/consenttext/"


@pytest.fixture
def request_made() -> ConsultationRequest:
    return make_request("ru")


def page_of(event: ConsentEvent) -> str:
    return f"{EVENTS}{event.pk}/change/"


def test_event_shows_the_words_letter_by_letter(client, request_made):
    client.force_login(make_user(Role.DPO))
    event = request_made.consent
    text = client.get(page_of(event)).text
    assert f'<div class="words" lang="ru">{event.text.sentence}{event.text.details}</div>' in text
    assert event.text_sha256 in text
    assert "answer the request; direct it to the right company" in text
    for field in ("hash_matches", "intact"):
        row = text.partition(f"field-{field}")[2].partition("</div>")[0]
        assert 'alt="True"' in row


def test_words_that_do_not_match_show(client, request_made):
    client.force_login(make_user(Role.DPO))
    # No trigger stands in the way of a row that was forged from the start.
    forged = ConsentText(sha256="f" * 64, form="x", language="en", sentence="a", details="b")
    forged.save()
    event = ConsentEvent(
        kind="given",
        method="staff",
        subject=request_made.subject_id,
        form="x",
        text_sha256="f" * 64,
        language="en",
        policy="privacy-policy",
        version="1.0",
        purposes=["reply", "unheard-of"],
    )
    event.save()
    text = client.get(page_of(event)).text
    row = text.partition("field-hash_matches")[2].partition("</div>")[0]
    assert 'alt="False"' in row
    assert "answer the request; unheard-of" in text


def test_event_without_stored_words_shows_none(client, request_made):
    client.force_login(make_user(Role.DPO))
    event = ConsentEvent(
        kind="withdrawn",
        method="staff",
        subject=request_made.subject_id,
        form="x",
        text_sha256="0" * 64,
        language="en",
        policy="privacy-policy",
        version="1.0",
    )
    event.save()
    text = client.get(page_of(event)).text
    assert 'class="words"' not in text
    assert 'alt="False"' in text.partition("field-hash_matches")[2].partition("</div>")[0]


def test_look_at_an_event_is_an_audit_event(client, request_made):
    dpo = make_user(Role.DPO)
    client.force_login(dpo)
    client.get(page_of(request_made.consent))
    seen = AuditEvent.objects.get(action="consent.view")
    assert (seen.actor, seen.subject) == (dpo.pk, request_made.subject_id)
    client.get(EVENTS)
    assert AuditEvent.objects.get(action="consent.list").detail == {"rows": 1}


def test_texts_show_their_words_and_hash(client, request_made):
    client.force_login(make_user(Role.AUDITOR))
    row = request_made.consent.text
    assert row.sha256 in client.get(TEXTS).text
    text = client.get(f"{TEXTS}{row.pk}/change/").text
    assert f"{row.sentence}{row.details}" in text
    assert 'alt="True"' in text


@pytest.mark.parametrize(
    ("role", "events", "texts"),
    [
        (Role.DPO, 200, 200),
        (Role.AUDITOR, 403, 200),
        (Role.ADMINISTRATOR, 403, 403),
        (Role.ENTITY_STAFF, 403, 403),
    ],
)
def test_who_may_see_the_proofs(client, role, events, texts):
    client.force_login(solutions_user() if role == Role.ENTITY_STAFF else make_user(role))
    assert client.get(EVENTS).status_code == events
    assert client.get(TEXTS).status_code == texts


def field(text: str, name: str) -> str:
    """What the page of an event shows in a field."""
    return text.partition(f"field-{name}")[2].partition("</div>\n")[0]


def test_event_leads_to_person_receipt_and_withdrawal(client, request_made):
    client.force_login(make_user(Role.DPO))
    event = request_made.consent
    assert "not withdrawn" in field(client.get(page_of(event)).text, "other_event")
    ended = withdraw(event, method="withdrawal_link", actor=None)
    text = client.get(page_of(event)).text
    assert f"/admin/subjects/datasubject/{event.subject}/change/" in field(text, "person")
    assert page_of(ended) in field(text, "other_event")
    assert page_of(event) in field(client.get(page_of(ended)).text, "other_event")
    assert receipt_path(event, "en") in field(text, "receipt")
    assert "EMSAR SOLUTIONS LLC, EMSAR CONSULTING LLC" in field(text, "towards")
    assert "/ru/privacy-policy/1.0/" in field(text, "agreed_version")
    sentence = field(text, "sentence_hash")
    assert event.sentence_sha256 in sentence
    assert "badge--done" in sentence


def test_choice_about_cookies_belongs_to_nobody(client):
    client.force_login(make_user(Role.DPO))
    event = given(
        notice(COOKIE_CHOICE, "az"), subject=None, about=None, controllers=[], method="banner"
    )
    event.save()
    text = client.get(page_of(event)).text
    assert "a choice about cookies has no name" in field(text, "person")
    assert "count visits for aggregate statistics" in field(text, "agreed_purposes")
    assert AuditEvent.objects.get(action="consent.view").subject is None
    assert client.get(f"{EVENTS}?form__exact=cookies").status_code == 200


def test_event_of_somebody_erased_shows_the_bare_number(client, request_made):
    client.force_login(make_user(Role.DPO))
    event = ConsentEvent(
        kind="withdrawn", method="staff", subject="00000000-0000-4000-8000-000000000009",
        form="cookies", text_sha256="0" * 64, sentence_sha256="1" * 64, language="en",
        policy="cookie-policy", version="1.0",
    )  # fmt: skip
    event.save()
    text = client.get(page_of(event)).text
    assert "<a" not in field(text, "person")
    assert "the consent is no longer kept" in field(text, "other_event")
    assert "badge--overdue" in field(text, "sentence_hash")


def test_officer_gets_from_the_person_to_the_consents(client, request_made):
    client.force_login(make_user(Role.DPO))
    event = request_made.consent
    ended = withdraw(event, method="withdrawal_link", actor=None)
    text = client.get(f"/admin/subjects/datasubject/{event.subject}/change/").text
    for each in (event, ended):
        assert f'href="{page_of(each)}"' in text
    assert "Consent: Free Consultation" in text


def test_nobody_changes_a_proof(client, request_made):
    client.force_login(make_user(Role.DPO))
    event = request_made.consent
    for tail in ("add/", f"{event.pk}/delete/"):
        assert client.get(f"{EVENTS}{tail}").status_code == 403
    assert client.post(page_of(event), {"language": "en"}).status_code == 403
    assert 'name="_save"' not in client.get(page_of(event)).text
