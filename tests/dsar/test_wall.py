"""Rights of persons behind the second wall: what is done for a person is done in both companies,
and what needs a transaction of its own has one."""

import io
import json
import zipfile

import pytest
from django.test import Client

from dsar.models import Case, Kind, Proof, Release, Status
from requests_inbox.models import ConsultationRequest
from tests.dsar.asking import ask, enter
from tests.dsar.desk import signed_in, url, verb_url
from tests.dsar.test_admin_intake import entry
from tests.dsar.test_package_byhand import by_letter
from tests.factories import make_request, make_user, solutions_user

EMAIL = "aysel@example.com"
DATA = "my-data.json"
SERVICES = ("cybersecurity", "customs", "other")


def confirm() -> None:
    """The officer's word on the proof that company staff saw."""
    seen = {"proof": Proof.DOCUMENT, "note": "Passport seen."}
    page = verb_url(Case.objects.get(), "prove")
    assert signed_in(make_user()).post(page, seen).status_code == 302


@pytest.mark.django_db
def test_withdrawal_that_company_staff_take_in_stops_the_requests_of_both_companies() -> None:
    items = [make_request(email=EMAIL, service=service) for service in SERVICES]
    proof = {"proof": Proof.DOCUMENT, "proof_note": "Passport seen."}
    data = entry(kinds=[Kind.WITHDRAWAL], email=EMAIL, **proof)
    assert signed_in(solutions_user()).post(url("case_add"), data).status_code == 302
    confirm()
    assert Case.objects.get().status == Status.COMPLETED
    rows = ConsultationRequest.objects.filter(pk__in=[item.pk for item in items])
    assert set(rows.values_list("status", flat=True)) == {"withdrawn"}


@pytest.mark.django_db
def test_two_names_are_noticed_though_each_stands_with_another_company() -> None:
    """Company staff see one of them alone, and nothing may leave for that."""
    make_request(email=EMAIL, service="cybersecurity", name="Aysel Məmmədova")
    make_request(email=EMAIL, service="customs", name="Rəna Əliyeva")
    data = entry(kinds=[Kind.ACCESS], email=EMAIL, proof=Proof.DOCUMENT, proof_note="Passport.")
    signed_in(solutions_user()).post(url("case_add"), data)
    confirm()
    case = Case.objects.get()
    assert (case.status, case.is_shared) == (Status.OPEN, True)
    assert not Release.objects.exists()


def test_person_fetches_what_both_companies_hold(filled_db) -> None:
    items = [make_request(email=EMAIL, service=service) for service in SERVICES]
    make_request(service="customs")
    ask(Kind.ACCESS, email=EMAIL)
    client = Client()
    enter(client, EMAIL)
    path = f"/en/my-data/cases/{Case.objects.get().reference}/"
    assert client.get(path).status_code == 200
    response = client.post(f"{path}copy/")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        found = {
            table["table"]: table["rows"] for table in json.loads(archive.read(DATA))["tables"]
        }
    held = {row["reference"] for row in found["requests_inbox.consultationrequest"]}
    assert held == {item.reference for item in items}
    assert len(found["requests_inbox.historyentry"]) == len(items)
    assert Release.objects.get().downloads == 1


def test_officer_hands_a_package_over_in_a_transaction_of_its_own(filled_db) -> None:
    """Real transactions: that of the request rests while the package is read."""
    case, officer = by_letter(Kind.ACCESS), signed_in(make_user())
    response = officer.post(verb_url(case, "handover"), {"means": "letter", "sure": "on"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert Release.objects.get().downloads == 1
    assert officer.get(url("case_change", case.pk)).status_code == 200
