"""Finding requests: by reference, address, whole words and filters, however people remember."""

import pytest
from django.urls import reverse

from emsar.subjects.identifiers import find_or_create
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import handling
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import LIST, listed, signed_in, travel

pytestmark = pytest.mark.django_db


def text_of(user, **query: str) -> str:
    return signed_in(user).get(reverse(LIST), query).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "İlqar",
        "ilqar",
        "ILQAR",
        "ılqar",
        "quliyev İLQAR",
        "xezer",
        "XƏZƏR",
        "Quliyev logistika",
    ],
)
def test_names_and_companies_are_found_by_whole_words_however_typed(typed) -> None:
    make_request(name="İlqar Quliyev", company="Xəzər Logistika MMC")
    make_request(name="Somebody Else")

    assert listed(make_user(), q=typed) == ["İlqar Quliyev"]


@pytest.mark.parametrize("typed", ["İlqa", "qar", "Quliyev Else"])
def test_parts_of_words_find_nothing(typed) -> None:
    make_request(name="İlqar Quliyev")
    make_request(name="Somebody Else")

    assert listed(make_user(), q=typed) == []


@pytest.mark.parametrize("change", [str, str.lower, lambda text: f" {text.replace('-', ' ')} "])
def test_reference_is_found_however_typed(change) -> None:
    item = make_request(name="Wanted")
    make_request(name="Other")

    assert listed(make_user(), q=change(item.reference)) == ["Wanted"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("aysel@example.com", ["Wanted"]),
        ("  AYSEL@Example.com ", ["Wanted"]),
        ("aysel@", []),
        ("example.com", []),
        ("other@example.com", []),
    ],
)
def test_email_is_found_exactly(typed, found) -> None:
    make_request(name="Wanted", email="aysel@example.com")

    assert listed(make_user(), q=typed) == found


@pytest.mark.parametrize("typed", ["+994 12 345 67 89", "012 345 67 89", "+994123456789"])
def test_phone_is_found_however_typed(typed) -> None:
    item = make_request(name="Wanted")
    item.phone = find_or_create("phone", "+994123456789", item.subject)
    item.save(update_fields=["phone"])
    make_request(name="Other")

    assert listed(make_user(), q=typed) == ["Wanted"]


def test_search_shows_nothing_of_the_other_company() -> None:
    item = make_request(name="Aysel", email="aysel@example.com", service="cybersecurity")

    for typed in ("Aysel", "aysel@example.com", item.reference):
        assert listed(consulting_user(), q=typed) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "open"}, ["New", "Assigned", "Nobody's"]),
        ({"status": "closed"}, ["Closed"]),
        ({"status": "in_review"}, ["Assigned"]),
        ({"company": "consulting"}, ["Closed"]),
        ({"company": "none"}, ["Nobody's"]),
        ({"service": "customs"}, ["Closed"]),
        ({"source": "form"}, ["New", "Assigned", "Nobody's", "Closed"]),
        ({"source": "phone"}, []),
        ({"language": "ru"}, ["Nobody's"]),
        ({"work": "mine"}, ["Assigned"]),
        ({"work": "none"}, ["New", "Nobody's", "Closed"]),
        ({"work": "none", "status": "open"}, ["New", "Nobody's"]),
        ({"status": "no such"}, ["New", "Assigned", "Nobody's", "Closed"]),
    ],
)
def test_filters(query, found) -> None:
    dpo = make_user()
    for name, service, language in (
        ("Closed", "customs", "en"),
        ("New", "cybersecurity", "en"),
        ("Assigned", "cybersecurity", "en"),
        ("Nobody's", "other", "ru"),
    ):
        make_request(language, name=name, service=service)
    requests = {item.name: item for item in ConsultationRequest.objects.all()}
    handling.close(requests["Closed"], "spam", by=dpo)
    handling.assign(requests["Assigned"], dpo, by=dpo)

    assert sorted(listed(dpo, **query)) == sorted(found)


@pytest.mark.parametrize(("value", "found"), [("overdue", ["Late"]), ("today", ["Today"])])
def test_filter_of_what_is_due(value, found) -> None:
    for name, day in (("Late", 20), ("Today", 23), ("Tomorrow", 24)):
        with travel(day, 9):
            make_request(name=name)
    with travel(24, 10):
        assert listed(make_user(), due=value) == found


def test_company_staff_are_offered_only_their_own_filters() -> None:
    text = text_of(solutions_user())

    assert "?service=cybersecurity" in text
    assert "?service=customs" not in text
    assert "?company=consulting" not in text


def test_counts_of_the_filters_can_be_shown() -> None:
    make_request(service="customs")

    assert "customs (1)" in text_of(make_user(), _facets="True").lower()


def test_encrypted_columns_cannot_be_probed_from_the_address_line() -> None:
    make_request()
    for lookup in ("name__startswith", "search_keys__contains", "subject__id"):
        response = signed_in(make_user()).get(reverse(LIST), {lookup: "1"})

        assert response.status_code == 400


def test_search_without_a_hit_leads_back() -> None:
    make_request()
    text = text_of(make_user(), q="Nobody")

    assert "No request fits." in text
    assert "Show all requests" in text


def test_what_was_searched_for_travels_no_further() -> None:
    make_request(name="Aysel")

    assert "_changelist_filters" not in text_of(make_user(), q="Aysel")


def test_search_text_is_shown_as_text() -> None:
    assert "<script>alert" not in text_of(make_user(), q="<script>alert(1)</script>")
    make_request(name="<b>Bold</b>", company="<i>x</i>")
    assert "<b>Bold" not in text_of(make_user())
