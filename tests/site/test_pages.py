"""The home page and the companies, in three languages and for two organisations."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings

from emsar.datamap import terms
from emsar.entities import publication
from emsar.site import frame
from tests.site.conftest import LANGUAGES

pytestmark = pytest.mark.urls("tests.site.urls")


class Page(HTMLParser):
    """The tags of a page with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attrs
            for name, attrs in self.tags
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]


@pytest.fixture
def page(client):
    def fetch(path: str) -> Page:
        response = client.get(path)
        assert response.status_code == 200
        return Page(response.text)

    return fetch


@pytest.fixture
def _reply_in_three_days(monkeypatch):
    monkeypatch.setattr(terms, "_SOURCES", {"policy": lambda name: 3})


@pytest.fixture
def _both_policies(monkeypatch):
    monkeypatch.setattr(frame, "_policies", [])


@pytest.fixture
def _no_terms(monkeypatch):
    monkeypatch.setattr(terms, "_SOURCES", {})


def paths(profile) -> list[str]:
    return ["", *(f"{company.slug}/" for company in profile.entities)]


@pytest.mark.parametrize(
    ("accepted", "language"), [("ru,en;q=0.5", "ru"), ("en-US", "en"), ("de", "az"), ("", "az")]
)
def test_root_leads_to_the_best_language(client, accepted, language):
    response = client.get("/", headers={"accept-language": accepted})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/")
    assert "Accept-Language" in response.headers["Vary"]
    assert not response.cookies


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_shows_both_companies_with_their_services(client, loaded, language):
    text = client.get(f"/{language}/").text
    assert f'<html lang="{language}">' in text
    assert loaded.about.get(language) in text
    for company in loaded.entities:
        assert company.field.get(language) in text
        assert f'href="/{language}/{company.slug}/"' in text
        assert company.tin in text
    for service in loaded.services:
        assert (service.name.get(language) in text) is bool(service.entity)


@pytest.mark.parametrize("language", LANGUAGES)
def test_company_page_opens_the_form_at_each_of_its_own_services(client, loaded, language):
    for company in loaded.entities:
        text = client.get(f"/{language}/{company.slug}/").text
        assert company.name.get(language) in text
        assert f"mailto:{company.email}" in text
        assert company.tin in text
        linked = re.findall(rf'href="/{language}/free-consultation/\?service=([\w-]+)"', text)
        own = [service.slug for service in loaded.services if service.entity == company.slug]
        assert linked == own


@pytest.mark.parametrize("slug", ["other", "nobody", "SOLUTIONS", "x" * 5000])
def test_unknown_company_is_404(client, loaded, slug):
    assert client.get(f"/en/{slug}/").status_code == 404


def test_language_switch_stays_on_the_page(page, loaded):
    for path in paths(loaded):
        links = page(f"/en/{path}").all("a")
        switch = {link["lang"]: link for link in links if link.get("lang")}
        assert {code: link["href"] for code, link in switch.items()} == {
            code: f"/{code}/{path}" for code in LANGUAGES
        }
        assert [code for code, link in switch.items() if "aria-current" in link] == ["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_canonical_and_hreflang_use_the_origin_of_the_site(page, loaded, language):
    for path in paths(loaded):
        found = page(f"/{language}/{path}")
        origin = settings.SITE_ORIGIN
        assert [link["href"] for link in found.all("link", rel="canonical")] == [
            f"{origin}/{language}/{path}"
        ]
        alternates = {link["hreflang"]: link["href"] for link in found.all("link", rel="alternate")}
        assert alternates == {
            **{code: f"{origin}/{code}/{path}" for code in LANGUAGES},
            "x-default": f"{origin}/az/{path}",
        }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("_both_policies")
def test_every_page_links_the_policies_and_the_authority(page, loaded, language):
    for path in paths(loaded):
        found = page(f"/{language}/{path}")
        for slug in ("privacy-policy", "cookie-policy"):
            assert found.all("a", href=f"/{language}/{slug}/policy/")
        assert found.all("a", href=loaded.authority.website)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_lists_the_genuine_hosts_and_mailboxes(client, loaded, language):
    for path in paths(loaded):
        text = client.get(f"/{language}/{path}").text
        for host in loaded.hosts:
            assert f"<dd>{host}</dd>" in text
        for mailbox in loaded.mailboxes:
            assert f"<dd>{mailbox.address}</dd>" in text


@pytest.mark.usefixtures("_reply_in_three_days")
def test_promised_time_comes_from_the_policy(client, loaded):
    assert "within 3 business days" in client.get("/en/").text


@pytest.mark.usefixtures("_no_terms")
def test_no_time_is_promised_while_no_policy_promises_one(client, loaded):
    text = client.get("/en/").text
    assert "business day" not in text
    assert "writes back to your email address" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_run_no_script_have_no_inline_style_and_ask_nobody_else(page, loaded, language):
    for path in paths(loaded):
        found = page(f"/{language}/{path}")
        assert not found.all("script")
        assert not found.all("style")
        assert not found.all("iframe")
        for tag, attrs in found.tags:
            assert not [name for name in attrs if name == "style" or name.startswith("on")]
            source = attrs.get("src") or (attrs.get("href") if tag == "link" else None) or "/"
            assert source.startswith(("/", settings.SITE_ORIGIN))


def test_pages_set_no_cookie_and_are_published(client, loaded):
    for path in paths(loaded):
        response = client.get(
            f"/en/{path}", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={'k' * 32}; other=y"}
        )
        assert not response.cookies
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["ETag"]
        assert {"Cookie", "Sec-GPC"} <= set(response.headers["Vary"].split(", "))


def test_page_with_its_style_sheet_is_small(client, loaded):
    style = len(client.get("/static/site/site.css").getvalue())
    mark = len(client.get("/static/site/favicon.svg").getvalue())
    for language in LANGUAGES:
        html = client.get(f"/{language}/", headers={"accept-encoding": "gzip"}).content
        assert len(html) + style + mark < 30 * 1024


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_are_only_read(client, loaded, method):
    assert getattr(client, method)("/en/").status_code == 405


@pytest.mark.parametrize("language", LANGUAGES)
def test_organisation_without_a_form_has_no_link_to_one(client, loaded_portal, language):
    (controller,) = loaded_portal.entities
    for path in ("", f"{controller.slug}/"):
        text = client.get(f"/{language}/{path}").text
        assert controller.name.get(language) in text
        assert "free-consultation" not in text


def test_second_organisation_shows_nothing_of_the_first(client, loaded_portal, group):
    text = client.get("/en/").text
    for word in (group.brand, group.main_host, *(company.tin for company in group.entities)):
        assert word not in text


def test_menu_marks_the_page_that_is_open(page, loaded):
    company = loaded.entities[0].slug
    marked = page(f"/en/{company}/").all("a", **{"aria-current": "page"})
    assert {link["href"] for link in marked} == {f"/en/{company}/"}


def test_links_name_only_policies_that_are_published(client, loaded, monkeypatch):
    monkeypatch.setattr(frame, "_policies", [])
    frame.register_policies(lambda: ["privacy-policy"])
    text = client.get("/en/").text
    assert "/privacy-policy/" in text
    assert "/cookie-policy/" not in text


def test_page_costs_no_query_once_the_registry_is_known(
    client, loaded, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(publication, "LOOK_EVERY_SECONDS", 3600.0)
    client.get("/en/")
    with django_assert_num_queries(0):
        client.get("/ru/?x=1")
