"""The receipt of the visitor's own choice about cookies, by the cookie that names it."""

import pytest

from consent.choice.cookie import NAME, PENDING_PREFIX
from consent.models import ConsentEvent
from consent.receipts.address import receipt_address, receipt_path
from tests.consent.choosing import Chooser

pytestmark = pytest.mark.django_db
OWN = "/en/cookies/receipt/"
FILE = "/en/cookies/receipt.json"


@pytest.fixture(autouse=True)
def _with_analytics(settings):
    settings.GA_MEASUREMENT_ID = "G-TEST12345"


@pytest.fixture
def visitor(client) -> Chooser:
    chooser = Chooser(client)
    chooser.accept()
    return chooser


def test_receipt_of_the_own_choice_carries_its_lasting_address(client, visitor):
    event = ConsentEvent.objects.get()
    response = client.get(OWN)
    assert response.status_code == 200
    assert str(event.uid) in response.text
    assert f'<a href="{receipt_address(event.uid, "en")}">' in response.text
    assert "In force." in response.text
    assert 'href="/en/cookies/"' in response.text
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response.headers["Cache-Control"]
    assert "googletagmanager" not in response.text


def test_lasting_address_does_not_name_itself_again(client, visitor):
    assert (
        "Keep this address" not in client.get(receipt_path(ConsentEvent.objects.get(), "en")).text
    )


def test_file_of_the_own_choice_is_that_of_the_receipt(client, visitor):
    event = ConsentEvent.objects.get()
    own, lasting = client.get(FILE), client.get(f"{receipt_path(event, 'en')}receipt.json")
    assert own["Content-Disposition"] == f'attachment; filename="consent-{event.uid.hex[:8]}.json"'
    for document in (own.json(), lasting.json()):
        assert document["header"]["record_id"] == str(event.uid)


@pytest.mark.parametrize("path", [OWN, FILE])
def test_visitor_without_a_consent_is_told_kindly(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "There is no receipt" in response.text


@pytest.mark.parametrize("value", ["refused:1.0", "nonsense", "a:b:c"])
def test_refusal_and_forgery_have_no_receipt(client, value):
    client.cookies[NAME] = value
    assert client.get(OWN).status_code == 404


def test_withdrawal_still_to_be_recorded_is_recorded_on_the_way_to_its_receipt(client, visitor):
    event = ConsentEvent.objects.get(kind="given")
    client.cookies[NAME] = f"{PENDING_PREFIX}{visitor.value}"
    response = client.get(OWN)
    assert response.status_code == 302
    assert response.headers["Location"] == receipt_path(event, "en")
    assert ConsentEvent.objects.get(kind="withdrawn").withdraws == event.uid
    assert visitor.value == "refused:1.0"
    assert "You withdrew this consent on" in client.get(receipt_path(event, "en")).text


def test_receipt_stays_after_the_withdrawal_at_its_lasting_address(client, visitor):
    visitor.open("cookies/")
    visitor.answer("refuse")
    event = ConsentEvent.objects.get(kind="given")
    assert client.get(OWN).status_code == 404
    assert "Withdrawn." in client.get(receipt_path(event, "en")).text
