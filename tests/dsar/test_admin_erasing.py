"""The preview before an erasure, and that nothing else is approved than what was looked at."""

import re
from typing import Any

import pytest

from dsar.models import Case, Kind, ResidualTrace, Status
from requests_inbox.models import ConsultationRequest
from tests.dsar.desk import make_case, signed_in, url, verb_url
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db

EMAIL = "gone@example.com"


def seen_on(page: Any) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)
    assert found is not None
    return found[1]


def a_case() -> Case:
    make_request(email=EMAIL)
    return make_case(Kind.DELETION, email=EMAIL)


def test_looking_at_the_preview_erases_nothing() -> None:
    case = a_case()
    page = signed_in(make_user()).get(verb_url(case, "approve"))
    for words in ("Erased for good", "Kept, and why", "Stays without a name"):
        assert words in page.text
    case.refresh_from_db()
    assert (case.status, ConsultationRequest.objects.count()) == (Status.OPEN, 1)


def test_preview_says_one_and_many_beside_their_numbers() -> None:
    text = signed_in(make_user()).get(verb_url(a_case(), "approve")).text
    assert "<dt>Data subject</dt><dd>1</dd>" in text
    assert "<dt>Outgoing mails</dt><dd>2</dd>" in text


def test_approval_erases_and_a_second_click_says_that_it_is_done() -> None:
    case, client = a_case(), signed_in(make_user())
    data = {"sure": "on", "seen": seen_on(client.get(verb_url(case, "approve")))}
    assert client.post(verb_url(case, "approve"), data).status_code == 302
    assert not ConsultationRequest.objects.exists()
    again = client.post(verb_url(case, "approve"), data)
    assert again.status_code == 409
    assert "is not possible for this case now" in again.text
    assert client.get(url("case_change", case.pk)).status_code == 200


def test_a_preview_that_has_changed_is_not_approved_unseen() -> None:
    case, client = a_case(), signed_in(make_user())
    data = {"sure": "on", "seen": seen_on(client.get(verb_url(case, "approve")))}
    make_request(email=EMAIL)
    response = client.post(verb_url(case, "approve"), data)
    assert response.status_code == 409
    assert "has changed since you looked" in response.text
    assert ConsultationRequest.objects.count() == 2
    # The page that says so shows the new preview: the next click approves that.
    fresh = {"sure": "on", "seen": seen_on(response)}
    assert client.post(verb_url(case, "approve"), fresh).status_code == 302


@pytest.mark.parametrize("data", [{}, {"sure": "on"}, {"seen": "0" * 64}])
def test_approval_without_a_look_or_a_tick_does_nothing(data: dict[str, str]) -> None:
    case = a_case()
    response = signed_in(make_user()).post(verb_url(case, "approve"), data)
    assert response.status_code in {409, 422}
    assert ConsultationRequest.objects.exists()


def test_two_officers_have_to_approve_when_that_is_set(settings) -> None:
    settings.DSAR_SECOND_APPROVAL = True
    case, first, other = a_case(), signed_in(make_user()), signed_in(make_user())
    data = {"sure": "on", "seen": seen_on(first.get(verb_url(case, "approve")))}
    assert first.post(verb_url(case, "approve"), data).status_code == 302
    case.refresh_from_db()
    assert (case.status, ConsultationRequest.objects.count()) == (Status.APPROVED, 1)
    assert first.post(verb_url(case, "second"), data).status_code == 409
    data["seen"] = seen_on(other.get(verb_url(case, "second")))
    assert other.post(verb_url(case, "second"), data).status_code == 302
    assert not ConsultationRequest.objects.exists()


def found_again(case: Case) -> None:
    """The scan has found something at a place."""
    finding = {"table": "requests_inbox_message", "column": "body", "what": "word", "rows": 2}
    ResidualTrace.objects.update_or_create(
        case=case, defaults={"sealed": "{}", "found": {"findings": [finding], "explained": []}}
    )


def test_officer_explains_what_the_scan_found_and_it_is_left_out() -> None:
    case, client = make_case(Kind.DELETION, status=Status.EXECUTED), signed_in(make_user())
    found_again(case)
    page = client.get(url("case_change", case.pk)).text
    assert "The residual scan found something that nobody can explain." in page
    assert "requests_inbox_message.body (2)" in page
    address = verb_url(case, "explain")
    assert client.post(address, {"place": "requests_inbox_message.body"}).status_code == 422
    assert client.post(address, {"place": "elsewhere", "sure": "on"}).status_code == 422
    data = {"place": "requests_inbox_message.body", "sure": "on"}
    assert client.post(address, data).status_code == 302
    explained = ResidualTrace.objects.get().found["explained"]
    assert explained == ["requests_inbox_message.body:word:2:"]
    assert client.post(address, data).status_code == 409
