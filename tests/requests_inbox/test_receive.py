from dataclasses import replace

import pytest

from consent.models import ConsentEvent
from consent.notices import FREE_CONSULTATION, notice
from emsar.outbox.models import OutboundMail, Purpose
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.receive import SentBeforeError, receive
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
    words = notice(FREE_CONSULTATION, "en")
    assert receive(entry, words).pk == receive(entry, words).pk
    assert ConsultationRequest.objects.count() == 1
    assert OutboundMail.objects.count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Somebody Else"},
        {"email": "else@example.com"},
        {"company": "A company"},
        {"service": "customs"},
        {"project": "Something else."},
    ],
)
def test_receive_same_nonce_with_other_content_is_refused(changed) -> None:
    entry, words = form_entry(), notice(FREE_CONSULTATION, "en")
    first = receive(entry, words)
    with pytest.raises(SentBeforeError) as refused:
        receive(replace(entry, **changed), words)
    assert refused.value.reference == first.reference
    assert ConsultationRequest.objects.count() == 1
