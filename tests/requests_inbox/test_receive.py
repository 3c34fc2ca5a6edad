import pytest

from consent.models import ConsentEvent
from emsar.outbox.models import OutboundMail, Purpose
from requests_inbox.models import ConsultationRequest
from tests.factories import form_entry, make_request

pytestmark = pytest.mark.django_db


def test_receive_writes_request_consent_and_two_mails() -> None:
    request = make_request(email="aysel@example.com", service="customs")

    assert request.entity_id == "consulting"
    event = ConsentEvent.objects.get()
    assert (event.about, event.subject, event.kind) == (request.pk, request.subject_id, "given")
    mails = {mail.purpose: mail.to_address for mail in OutboundMail.objects.all()}
    assert mails == {
        Purpose.ROUTING: "info@emsarconsulting.az",
        Purpose.ACKNOWLEDGEMENT: "aysel@example.com",
    }


def test_receive_same_nonce_makes_one_request() -> None:
    entry = form_entry()
    first = make_request(nonce=entry.nonce)
    second = make_request(nonce=entry.nonce)

    assert first.pk == second.pk
    assert ConsultationRequest.objects.count() == 1
    assert OutboundMail.objects.count() == 2
