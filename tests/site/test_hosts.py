"""The companies' hosts only lead to the main host (E-1e, E-2f, E-2j)."""

import pytest

pytestmark = pytest.mark.urls("tests.site.urls")


@pytest.fixture(params=["host", "host_with_port"])
def hosts(request, group) -> dict[str, str]:
    """Redirecting hosts as a client may write them, with the slug of their company."""
    port = ":8000" if request.param == "host_with_port" else ""
    return {f"{host}{port}": slug for host, slug in group.redirects.items()}


def test_group_has_two_redirecting_hosts(group):
    assert len(group.redirects) == 2


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("de,en-GB;q=0.5", "en"), ("fr", "az"), ("", "az")],
)
def test_root_leads_to_the_company_in_the_visitors_language(
    client, group, hosts, accepted, language
):
    for host, slug in hosts.items():
        response = client.get("/", headers={"host": host, "accept-language": accepted})
        assert response.status_code == 301
        assert response.headers["Location"] == f"https://{group.main_host}/{language}/{slug}/"
        assert response.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/az/privacy-policy/", "/az/privacy-policy/"),
        ("/en/free-consultation/?service=tax&x=%2F", "/en/free-consultation/?service=tax&x=%2F"),
        ("/static/site/site.css", "/static/site/site.css"),
        ("/healthz", "/healthz"),
        ("/admin/", "/admin/"),
        ("/?a=b", None),
        ("/%C9%99/", "/%C9%99/"),
        ("/a%0d%0aSet-Cookie:%20x", "/a%0D%0ASet-Cookie:%20x"),
    ],
)
def test_any_other_path_leads_to_the_same_path(client, group, hosts, asked, target):
    for host, slug in hosts.items():
        response = client.get(asked, headers={"host": host})
        assert response.status_code == 301
        target_path = target or f"/az/{slug}/"
        assert response.headers["Location"] == f"https://{group.main_host}{target_path}"


def test_path_that_looks_like_a_host_stays_a_path(client, group, hosts):
    for host in hosts:
        response = client.get("/x/", headers={"host": host}, PATH_INFO="//evil.example/x")
        assert response.headers["Location"] == f"https://{group.main_host}//evil.example/x"


@pytest.mark.parametrize("path", ["/%FF/", "/%00/", "/%ED%A0%80/"])
def test_path_that_is_no_text_still_leads_to_the_main_host(client, group, hosts, path):
    for host in hosts:
        location = client.get(path, headers={"host": host}).headers["Location"]
        assert location.startswith(f"https://{group.main_host}/")


@pytest.mark.parametrize("method", ["get", "head", "post", "put"])
def test_redirecting_host_gives_no_cookie_and_takes_no_form(client, hosts, method):
    for host in hosts:
        response = getattr(client, method)("/en/free-consultation/", headers={"host": host})
        assert response.status_code == 301
        assert not response.cookies
        assert response.content == b""


def test_host_is_compared_without_regard_to_case(client, group):
    host = next(iter(group.redirects))
    assert client.get("/x/", headers={"host": host.upper()}).status_code == 301


def test_unknown_host_is_refused(client):
    for host in ("evil.example", f"www.{'x' * 10}.example"):
        response = client.get("/healthz", headers={"host": host})
        assert response.status_code == 400
        assert "evil.example" not in response.text


def test_redirect_costs_no_query(client, hosts):
    """No ``db`` fixture: touching the database would fail."""
    for host in hosts:
        assert client.get("/", headers={"host": host}).status_code == 301
