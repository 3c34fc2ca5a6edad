"""The register of disclosures: entered once, for a ground, and never changed."""

import json
from typing import Any

import pytest

from consent.models import ConsentEvent
from dsar.models import Disclosure
from emsar.audit.models import AuditEvent
from emsar.entities.models import LegalReference
from tests.dsar.desk import make_case, make_disclosure, signed_in, url
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db

NAME = "requests_inbox.consultationrequest.name"


def add(subject: object) -> str:
    return f"{url('disclosure_add')}?subject={subject}"


def entry(**fields: Any) -> dict[str, Any]:
    defaults = {
        "recipient": "Authority for examples",
        "ground": Disclosure.Ground.AUTHORITY,
        "document": "12/345",
        "legal_reference": LegalReference.objects.filter(active=True).first().pk,
        "consent": "",
        "fields_told": [NAME],
    }
    return {**defaults, **fields}


def test_person_is_found_by_post_and_the_answer_holds_a_number_alone() -> None:
    request, client = make_request(email="told@example.com"), signed_in(make_user())
    response = client.post(url("disclosure_add"), {"person": "told@example.com"})
    assert response.headers["Location"] == add(request.subject_id)
    for text in ("", "nobody@example.com", "\0"):
        assert client.post(url("disclosure_add"), {"person": text}).status_code == 422


def test_entry_is_made_shown_and_named_on_the_case() -> None:
    officer, case = make_user(), make_case(email="told@example.com")
    make_request(email="told@example.com")
    client = signed_in(officer)
    response = client.post(add(case.subject), entry())
    made = Disclosure.objects.get()
    assert response.headers["Location"] == url("disclosure_change", made.pk)
    assert (made.approver, made.fields) == (officer.pk, [NAME])
    assert "Authority for examples" in client.get(url("disclosure_change", made.pk)).text
    assert "Authority for examples" in client.get(url("disclosure_changelist")).text
    assert "Authority for examples" in client.get(url("case_change", case.pk)).text


def test_only_what_is_held_is_offered_table_by_table() -> None:
    person = make_case().subject
    client = signed_in(make_user())
    page = client.get(add(person))
    assert NAME not in page.text
    assert client.post(add(person), entry()).status_code == 422
    known = client.get(add(make_request().subject_id))
    groups = dict(known.context["form"].fields["fields_told"].choices)
    assert (NAME, "name and surname") in groups["Request"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": ""},
        {"recipient": "x" * 201},
        {"recipient": "a\nb"},
        {"ground": ""},
        {"ground": "because"},
        {"document": ""},
        {"legal_reference": ""},
        {"legal_reference": "nothing"},
        {"fields_told": []},
        {"fields_told": ["staff.user.password"]},
        {"ground": "consent"},
        {"ground": "consent", "consent": "00000000-0000-4000-8000-000000000001"},
    ],
)
def test_what_the_register_may_not_hold_is_refused(wrong: dict[str, Any]) -> None:
    request = make_request()
    response = signed_in(make_user()).post(add(request.subject_id), entry(**wrong))
    assert response.status_code in {409, 422}
    assert not Disclosure.objects.exists()
    assert "errorlist" in response.text


def test_consent_of_the_person_is_chosen_from_those_that_were_given() -> None:
    request, other = make_request(), make_request()
    given = ConsentEvent.objects.get(subject=request.subject_id)
    foreign = ConsentEvent.objects.get(subject=other.subject_id)
    client = signed_in(make_user())
    data = entry(ground="consent", document="", legal_reference="")
    refused = client.post(add(request.subject_id), {**data, "consent": str(foreign.uid)})
    assert refused.status_code == 422
    made = client.post(add(request.subject_id), {**data, "consent": str(given.uid)})
    assert made.status_code == 302
    assert Disclosure.objects.get().consent == given.uid


def test_export_holds_what_the_entry_names_alone_and_is_noted() -> None:
    officer = make_user()
    request = make_request(name="Aysel Məmmədova", email="told@example.com")
    made = make_disclosure(request.subject_id, officer)
    client, address = signed_in(officer), url("disclosure_export", made.pk)
    assert client.get(address).status_code == 302
    response = client.post(address)
    assert "no-store" in response.headers["Cache-Control"]
    assert "Aysel" not in response.headers["Content-Disposition"]
    data = json.loads(response.content)["data"]
    assert data == {"requests_inbox.consultationrequest": [{"name": "Aysel Məmmədova"}]}
    assert "told@example.com" not in response.text
    assert AuditEvent.objects.filter(action="disclosure.export").count() == 1


def test_records_of_a_shared_address_are_chosen_and_shown() -> None:
    mine, other = (
        make_request(email="two@example.com", name=name) for name in ("Aysel", "Rauf Quliyev")
    )
    client = signed_in(make_user())
    page = client.get(add(mine.subject_id)).text
    assert "Rauf Quliyev" in page
    assert AuditEvent.objects.filter(action="disclosure.records").count() == 1
    assert client.post(add(mine.subject_id), entry()).status_code == 422
    wrong = client.post(add(mine.subject_id), entry(records=[str(make_request().pk)]))
    assert wrong.status_code == 422
    assert not Disclosure.objects.exists()
    made = client.post(add(mine.subject_id), entry(records=[str(mine.pk)]))
    shown = client.get(made.headers["Location"]).text
    assert mine.reference in shown
    assert other.reference not in shown
    response = client.post(url("disclosure_export", Disclosure.objects.get().pk))
    assert "Rauf" not in response.text


def test_choice_is_not_asked_where_one_name_stands() -> None:
    page = signed_in(make_user()).get(add(make_request().subject_id))
    assert "records" not in page.context["form"].fields


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_export_is_the_officer_s_alone(role: str) -> None:
    made = make_disclosure(make_request().subject_id, make_user())
    assert signed_in(make_user(role)).post(url("disclosure_export", made.pk)).status_code == 403


def test_export_of_nothing_is_not_found() -> None:
    assert signed_in(make_user()).post(url("disclosure_export", 987654)).status_code == 404
