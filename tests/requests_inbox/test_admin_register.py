"""Registering by hand: what came by phone, WhatsApp or email (E-3.1a, E-3.1g)."""

import pytest
from django.urls import reverse

from emsar.outbox.models import OutboundMail, Purpose
from emsar.subjects.identifiers import find_or_create
from requests_inbox.admin import register as page
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.errors import RequestStateError
from tests.factories import consulting_user, make_user, solutions_user
from tests.requests_inbox.desk import address, at, page_of, signed_in, travel

pytestmark = pytest.mark.django_db

ADD = "admin:requests_inbox_consultationrequest_add"


def register(user, **fields: str):
    """A phone call, taken down on Monday at noon."""
    data = {
        "source": "phone",
        "received_at": "2026-11-23T10:00",
        "language": "ru",
        "name": "Рена Алиева",
        "email": "",
        "phone": "012 345 67 89",
        "company": "",
        "service": "cybersecurity",
        "project": "Просит перезвонить.",
    }
    with travel(23, 12):
        return signed_in(user).post(reverse(ADD), {**data, **fields})


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 422
    assert ConsultationRequest.objects.count() == 0
    return dict(response.context["form"].errors)


def test_call_is_registered_and_opens_at_once() -> None:
    user = solutions_user()
    response = register(user)
    item = ConsultationRequest.objects.get()

    assert response["Location"] == address("change", item)
    assert (item.received_at, item.source, item.language, item.company) == (
        at(23, 10),
        "phone",
        "ru",
        None,
    )
    assert (item.phone.value, item.contact, item.consent) == ("+994123456789", None, None)
    assert item.reply_due_at == at(24, 18)
    assert "+994 12 345 67 89" in page_of(user, item)


def test_page_offers_now_and_the_colleagues_services() -> None:
    with travel(23, 12):
        form = signed_in(solutions_user()).get(reverse(ADD)).context["form"]

    assert 'value="2026-11-23T12:00"' in str(form["received_at"])
    slugs = [slug for slug, _name in form.fields["service"].choices]
    assert ("cybersecurity" in slugs, "other" in slugs, "customs" in slugs) == (True, True, False)
    assert [value for value, _label in form.fields["source"].choices] == [
        "email",
        "phone",
        "whatsapp",
    ]


def test_email_is_normalised_and_gets_the_privacy_notice() -> None:
    register(solutions_user(), source="email", phone="", email=" rena@EXAMPLE.com ")

    notice = OutboundMail.objects.get(purpose=Purpose.PRIVACY_NOTICE)
    assert (notice.to_address, notice.language) == ("rena@example.com", "ru")


def test_whatsapp_may_give_both_addresses() -> None:
    register(make_user(), source="whatsapp", email="rena@example.com", service="cybersecurity")
    item = ConsultationRequest.objects.get()

    assert (item.contact.value, item.phone.value) == ("rena@example.com", "+994123456789")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"received_at": "2026-11-23T12:01"}, "received_at"),
        ({"received_at": ""}, "received_at"),
        ({"received_at": "0001-01-01T00:00"}, "received_at"),
        ({"received_at": "1900-01-01T00:00"}, "received_at"),
        ({"phone": "", "email": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"email": "no address"}, "email"),
        ({"source": "email"}, "phone"),
        ({"source": "email", "phone": ""}, "email"),
        ({"source": "form"}, "source"),
        ({"source": ""}, "source"),
        ({"service": "customs"}, "service"),
        ({"service": "no-such"}, "service"),
        ({"language": "de"}, "language"),
        ({"name": ""}, "name"),
        ({"name": "12345"}, "name"),
        ({"name": "Rena\nBcc: all@example.com"}, "name"),
        ({"name": "Rena\x00"}, "name"),
        ({"company": "A\nB"}, "company"),
        ({"project": ""}, "project"),
        ({"project": "x" * 5001}, "project"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(fields, wrong) -> None:
    assert list(errors(register(solutions_user(), **fields))) == [wrong]


def test_refused_form_keeps_what_was_typed() -> None:
    text = register(solutions_user(), name="").content.decode()

    for typed in ("012 345 67 89", "Просит перезвонить.", "2026-11-23T10:00"):
        assert typed in text


def test_each_company_registers_its_own_and_the_dpo_everything() -> None:
    assert register(consulting_user(), service="customs").status_code == 302
    assert register(make_user(), service="customs").status_code == 302
    assert register(make_user(), service="cybersecurity").status_code == 302


def test_refusal_of_the_service_is_told_in_words(monkeypatch) -> None:
    def refuse(entry, *, by):
        raise RequestStateError("This service belongs to the other company.")

    monkeypatch.setattr(page, "register", refuse)
    response = register(solutions_user())

    assert errors(response).keys() == {"__all__"}
    assert "belongs to the other company" in response.content.decode()


def test_request_beyond_the_term_of_keeping_is_told_in_words() -> None:
    response = register(solutions_user(), received_at="2025-11-19T10:00")

    assert errors(response).keys() == {"__all__"}
    assert "was kept until 20 November 2026, so it can no longer" in response.content.decode()


def test_addresses_of_two_persons_are_told_in_words() -> None:
    find_or_create("email", "rena@example.com")
    find_or_create("phone", "+994123456789")
    response = register(solutions_user(), source="whatsapp", email="rena@example.com")

    assert errors(response).keys() == {"__all__"}
    assert "not known as one person&#x27;s" in response.content.decode()
