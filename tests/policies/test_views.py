"""The public pages of the policies: in force, one version, archive."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from emsar.entities.models import Organisation
from emsar.entities.publication import bump
from policies.models import PolicyVersion
from policies.publishing import publish
from tests.policies.conftest import LANGUAGES
from tests.policies.pages import EVERY_CLAUSE, article, ids, words

pytestmark = pytest.mark.django_db
POLICIES = ("privacy-policy", "cookie-policy")
PAGES = [f"{policy}/{tail}" for policy in POLICIES for tail in ("", "1.0/", "versions/")]


@pytest.fixture
def following(shipped) -> PolicyVersion:
    """1.1 published now, to come into force in ten days."""
    in_ten_days = timezone.localdate() + timedelta(days=10)
    return publish(shipped("privacy-policy", "1.1"), actor=None, effective=in_ten_days)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_is_there_in_its_language(client, language, page):
    response = client.get(f"/{language}/{page}")
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.text
    assert response.headers["Content-Language"] == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_sets_no_cookie_and_needs_no_script(client, language, page):
    response = client.get(f"/{language}/{page}")
    assert not response.cookies
    assert "Set-Cookie" not in response.headers
    assert "<script" not in response.text
    assert not re.search(r'\sstyle="| on\w+="', response.text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_page_leads_home_and_stays_on_the_page_in_another_language(client, language, page):
    text = client.get(f"/{language}/{page}").text
    assert f'<a class="back" href="/{language}/">' in text
    for other in LANGUAGES:
        assert f'href="/{other}/{page}" lang="{other}" hreflang="{other}"' in text
        alternate = (
            f'<link rel="alternate" hreflang="{other}" href="http://testserver/{other}/{page}"'
        )
        assert alternate in text
    assert f'hreflang="x-default" href="http://testserver/az/{page}"' in text
    assert f'<link rel="canonical" href="http://testserver/{language}/{page}">' in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tail", ["", "1.0/"])
def test_every_clause_is_an_element_once(client, language, tail):
    found = ids(client.get(f"/{language}/privacy-policy/{tail}").text)
    assert sorted(set(EVERY_CLAUSE) - set(found)) == []
    assert len(found) == len(set(found))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", POLICIES)
def test_contents_lead_to_every_section(client, language, policy):
    text = client.get(f"/{language}/{policy}/").text
    links = re.findall(r'<a href="#(s-[\d-]+)">', text)
    anchors = [anchor for anchor in ids(article(text)) if anchor.startswith("s-")]
    # Twice: beside the text, and folded above it on a narrow screen.
    assert links == [*anchors, *anchors]
    assert len(anchors) == {"privacy-policy": 23, "cookie-policy": 8}[policy]


@pytest.mark.parametrize(
    ("language", "day"),
    [("az", "28 aprel 2026"), ("en", "28 April 2026"), ("ru", "28 апреля 2026 г.")],
)
def test_version_and_date_come_from_the_row(client, language, day):
    clause = article(client.get(f"/{language}/privacy-policy/").text)
    first = words(clause.partition('<p id="E-0a">')[2].partition("</p>")[0])
    assert "1.0" in first
    assert day in first


@pytest.mark.parametrize(
    "page",
    [
        *("privacy-policy/1.1/", "privacy-policy/9.9/", "terms-of-use/", "terms-of-use/1.0/"),
        *("terms-of-use/versions/", "privacy-policy/1.0/az/", "privacy-policy/%00/"),
        "privacy-policy/" + "1" * 5000 + "/",
    ],
)
def test_what_is_not_published_is_not_found(client, page):
    assert client.get(f"/en/{page}").status_code in {400, 404}


@pytest.mark.parametrize("page", PAGES)
def test_page_is_only_read(client, page):
    assert Client(enforce_csrf_checks=True).post(f"/en/{page}").status_code == 405
    assert client.head(f"/en/{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_page_is_asked_for_again_and_found_unchanged(client, page):
    first = client.get(f"/en/{page}")
    assert first.headers["Cache-Control"] == "no-cache"
    assert set(first.headers["Vary"].split(", ")) >= {"Cookie", "Sec-GPC"}
    again = client.get(f"/en/{page}", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_publication_changes_the_etag(client, shipped):
    before = client.get("/en/privacy-policy/").headers["ETag"]
    publish(shipped("privacy-policy", "1.1"), actor=None, effective=timezone.localdate())
    answer = client.get("/en/privacy-policy/", headers={"if-none-match": before})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


def test_text_prints_the_terms_of_the_version(client, shipped):
    draft = shipped("privacy-policy", "1.1")
    draft.terms = {**draft.terms, "consultation_retention": 7}
    draft.save()
    assert "12 months after our last reply" in words(client.get("/en/privacy-policy/").text)
    publish(draft, actor=None, effective=timezone.localdate())
    now = words(article(client.get("/en/privacy-policy/").text))
    assert "7 months after our last reply" in now
    assert "12 months" not in now
    assert "12 months" in words(article(client.get("/en/privacy-policy/1.0/").text))


def test_upcoming_version_is_readable_and_says_so(client, following):
    text = client.get("/en/privacy-policy/1.1/").text
    assert "This version is not in force yet." in text
    assert '<a href="/en/privacy-policy/">Read the version in force</a>' in text
    assert "not in force" not in client.get("/en/privacy-policy/").text


def test_version_takes_over_at_midnight_in_baku(client, following):
    midnight = datetime.combine(
        following.effective_date, datetime.min.time(), timezone.get_default_timezone()
    )
    for moment, number, register in (
        (midnight - timedelta(seconds=1), "1.0", False),
        (midnight, "1.1", True),
    ):
        with time_machine.travel(moment, tick=False):
            text = client.get("/en/privacy-policy/").text
            assert f"Version {number} ·" in text
            assert ("our register of requests" in text) is register
    with time_machine.travel(midnight, tick=False):
        assert "no longer in force" in client.get("/en/privacy-policy/1.0/").text


def test_archive_lists_the_latest_first_with_state_and_reason(client, following):
    text = client.get("/en/privacy-policy/versions/").text
    found = re.findall(
        r'<li class="state-(\w+)">\s*<h2><a href="([^"]+)">(.*?)</a>.*?<p>(Effective[^<]*)</p>',
        text,
        re.S,
    )
    upcoming = following.effective_date
    assert found == [
        (
            "upcoming",
            "/en/privacy-policy/1.1/",
            "Version 1.1",
            f"Effective date: {upcoming.day} {upcoming:%B %Y}",
        ),
        ("current", "/en/privacy-policy/1.0/", "Version 1.0", "Effective date: 28 April 2026"),
    ]
    assert "Section 7.1 now names the register of requests" in text


def test_archive_keeps_versions_that_are_past(client, following):
    with time_machine.travel(datetime.now(UTC) + timedelta(days=20), tick=False):
        text = client.get("/en/privacy-policy/versions/").text
    assert re.findall(r'<li class="state-(\w+)">', text) == ["current", "past"]
    assert "No longer in force" in text


def test_first_version_before_its_day_has_no_page_in_force(client, make_version):
    """A site may publish before it opens."""
    with time_machine.travel(datetime(2026, 4, 27, 12, tzinfo=UTC), tick=False):
        assert client.get("/en/privacy-policy/").status_code == 404
        text = client.get("/en/privacy-policy/1.0/").text
        assert "This version is not in force yet." in text
        assert "Read the version in force" not in text
        assert "Not in force yet" in client.get("/en/privacy-policy/versions/").text


def test_page_costs_few_statements(client, django_assert_max_num_queries):
    client.get("/en/privacy-policy/1.0/")
    with django_assert_max_num_queries(1):
        client.get("/ru/privacy-policy/?x=1")
    with django_assert_max_num_queries(2):
        client.get("/ru/privacy-policy/1.0/?x=1")


def test_organisation_without_version_numbers_shows_the_update_date(client):
    Organisation.objects.update(shows_version_number=False)
    bump()
    text = client.get("/en/privacy-policy/").text
    assert "Updated: 28.04.2026" in text
    assert ">28.04.2026</a>" in client.get("/en/privacy-policy/versions/").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_button_of_the_form_is_called_what_the_policy_calls_it(client, language):
    """E-1l: the policy speaks of the button by its label."""
    form = client.get(f"/{language}/free-consultation/").text
    label = re.search(r'<button class="button" type="submit">(.*?)</button>', form)[1]
    policy = words(article(client.get(f"/{language}/privacy-policy/").text))
    quoted = {"az": f"«{label}»", "en": f"“{label}”", "ru": f"«{label}»"}[language]
    assert policy.count(quoted) == 2
    assert quoted in words(form)


def test_date_of_the_first_publication(shipped):
    for policy in POLICIES:
        assert shipped(policy, "1.0").effective_date == date(2026, 4, 28)
