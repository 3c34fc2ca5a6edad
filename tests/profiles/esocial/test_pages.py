"""The same code for another organisation: one controller, no version number, no form."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from emsar.entities.models import LegalEntity, Organisation
from emsar.outbox.composing import plain
from emsar.staff.models import Role
from policies.integrity import is_intact
from policies.models import PolicyVersion
from policies.versions import in_force
from tests.factories import make_user
from tests.policies.pages import article, ids, words

LANGUAGES = ("az", "en", "ru")
# By section; the texts state every one of them.
EVERY_CLAUSE = [
    f"S-{section}{letter}"
    for section, letters in zip(
        "I12345678",
        ("ab", "ab", "abcd", "abcdefgh", "abcdefghi", "abcde", "abc", "abcde", "abc"),
        strict=True,
    )
    for letter in letters
]


def test_portal_alone_is_loaded_and_published(portal):
    assert Organisation.objects.get().key == "esocial"
    assert LegalEntity.objects.get().slug == "portal"
    version = PolicyVersion.objects.get()
    assert (str(version), in_force()) == ("privacy-policy 2025-08-01", version)
    assert is_intact(version)


def test_second_load_changes_nothing(portal, capsys):
    call_command("load_organisation", "tests/profiles/esocial/esocial.toml")
    call_command("publish_policies")
    out = capsys.readouterr().out
    assert "nothing to change" in out
    assert "privacy-policy 2025-08-01: published before" in out


@pytest.mark.parametrize("language", LANGUAGES)
def test_policy_states_every_clause_once(client, portal, language):
    found = ids(article(client.get(f"/{language}/privacy-policy/").text))
    assert sorted(clause for clause in found if clause.startswith("S-")) == sorted(EVERY_CLAUSE)
    assert len(found) == len(set(found))
    assert [anchor for anchor in found if anchor.startswith("s-")] == [
        f"s-{n}" for n in range(1, 9)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tail", ["", "2025-08-01/"])
def test_update_date_stands_in_the_place_of_a_version_number(client, portal, language, tail):
    """S-8c: dd.mm.yyyy, and no version."""
    text = client.get(f"/{language}/privacy-policy/{tail}").text
    head = words(text.partition('<header class="policy-head">')[2].partition("</header>")[0])
    assert "01.08.2025" in head
    assert "2025-08-01" not in words(text.partition("<main")[2].partition("</main>")[0])


@pytest.mark.parametrize(
    ("language", "day"),
    [("az", "1 avqust 2025"), ("en", "1 August 2025"), ("ru", "1 августа 2025 г.")],
)
def test_text_states_the_update_date_in_words(client, portal, language, day):
    clause = client.get(f"/{language}/privacy-policy/").text.partition('id="S-8c"')[2]
    assert day in clause.partition("</p>")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_rights_are_used_through_the_portals_own_address(client, portal, language):
    """S-4i: at another domain than the portal's."""
    clause = client.get(f"/{language}/privacy-policy/").text.partition('id="S-4i"')[2]
    assert "info@sosial.gov.az" in clause.partition("</p>")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_archive_lists_dates(client, portal, language):
    text = client.get(f"/{language}/privacy-policy/versions/").text
    assert re.findall(r'<h2><a href="([^"]+)">(.*?)</a>', text) == [
        (f"/{language}/privacy-policy/2025-08-01/", "01.08.2025")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["", "sent/", "withdraw/x/", "?service=customs"])
def test_there_is_no_form(client, portal, language, page):
    assert client.get(f"/{language}/free-consultation/{page}").status_code == 404


def test_nothing_can_be_sent_to_the_form(client, portal):
    assert client.post("/en/free-consultation/", {"name": "x"}).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "page",
    ["", "portal/", "privacy-policy/", "privacy-policy/2025-08-01/", "privacy-policy/versions/"],
)
def test_pages_link_no_form_and_show_nothing_of_the_first_organisation(
    client, portal, language, page
):
    response = client.get(f"/{language}/{page}")
    assert response.status_code == 200
    assert not response.cookies
    assert "free-consultation" not in response.text
    for foreign in ("EMSAR", "emsar", "2009619051", "2009638161"):
        assert foreign not in response.text
    for own in (portal.brand, portal.entities[0].name.get(language), "info@sosial.gov.az"):
        assert own in response.text


@pytest.mark.parametrize(
    "page", ["solutions/", "consulting/", "cookie-policy/", "cookie-policy/versions/"]
)
def test_pages_of_the_first_organisation_are_not_there(client, portal, page):
    response = client.get(f"/en/{page}")
    assert response.status_code == 404
    assert "EMSAR" not in response.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_policies_that_are_not_published_are_not_linked(client, portal, language):
    assert "cookie-policy" not in client.get(f"/{language}/").text


def test_authority_leads_to_a_state_address(client, portal):
    """S-0b: official links end in .gov.az."""
    text = client.get("/en/").text
    external = set(re.findall(r'href="(https://[^"]+)" rel="external"', text))
    assert external
    assert all(re.fullmatch(r"https://[\w.-]+\.gov\.az/?", address) for address in external)


def test_mail_goes_out_from_the_portals_mailbox(portal):
    mail = plain("Subject", "Body", language="en", key="k", purpose="staff", to_address="a@b.az")
    assert mail.mailbox == "info@sosial.gov.az"
    assert mail.message_id.endswith("@e-sosial.az>")


def test_admin_works_for_the_portal_as_well(client, portal):
    client.force_login(make_user(Role.DPO))
    version = PolicyVersion.objects.get()
    for address in (
        reverse("admin:index"),
        reverse("admin:policies_policyversion_changelist"),
        reverse("admin:policies_policyversion_change", args=[version.pk]),
        reverse("admin:policies_policyversion_preview", args=[version.pk, "az"]),
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert "EMSAR" not in response.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_register_of_cookies_asks_nothing_where_there_is_nothing_to_choose(
    client, portal, language
):
    home = client.get(f"/{language}/").text
    assert 'class="choice"' not in home
    assert f'<a href="/{language}/cookies/">' in home
    response = client.get(f"/{language}/cookies/")
    assert "<code>cookie_choice</code>" in response.text
    assert 'name="choice"' not in response.text
    for choice in ("accept", "refuse"):
        response = client.post(f"/{language}/cookies/", {"choice": choice})
        assert response.status_code == 409
        assert not response.cookies
