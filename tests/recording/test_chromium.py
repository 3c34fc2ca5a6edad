"""The browser behind the proxy: silent by itself, and nothing that a page asks for is missed."""

import pytest
from playwright.sync_api import Error

from tests.recording.chromium import NOWHERE, cookies
from tests.recording.upstream import tiny_site

SITE = "emsargroup.az"
HTML = [("Content-Type", "text/html; charset=utf-8")]
FORM = """<!doctype html><html lang="ru"><title>Форма</title><p>Напишите нам.
<form method="post"><input name="name"><input name="email" type="email" autocomplete="email">
<textarea name="project"></textarea><input name="code" type="password"><button>Отправить</button>"""


def serve(proxy, body: str, headers: list[tuple[str, str]] | None = None) -> None:
    """Let the site's main host show one page, and nothing else."""

    def answer(request):
        status = 204 if request.path == "/favicon.ico" else 200
        return status, [*HTML, *(headers or [])], body.encode()

    proxy.stub(SITE, answer)


@pytest.fixture(autouse=True)
def _no_stub_stays(proxy):
    yield
    proxy.unstub(SITE)


def test_fresh_profiles_ask_for_nothing(proxy, visit):
    pages = [visit(), visit(on_disk=True)]
    for page in pages:
        page.goto("about:blank")
    # What Chromium asks for by itself comes in the first seconds, so a rest would say too little.
    pages[0].wait_for_timeout(3000)
    assert proxy.record.hosts == set()


def test_nothing_is_missed_that_a_page_asks_of_strangers(proxy, visit):
    """The positive control: the same profile, and a page that breaks the silence."""
    serve(
        proxy,
        '<link rel="prefetch" href="https://fetched.example/f"><img src="https://shown.example/i">'
        '<script>new WebSocket("wss://socket.example/s")</script>',
    )
    visit().goto(f"https://{SITE}/")
    foreign = {f"{name}.example" for name in ("fetched", "shown", "socket")}
    proxy.record.wait_for(lambda record: foreign <= record.hosts)
    assert proxy.record.hosts == {SITE, *foreign}
    assert [seen.request.path for seen in proxy.record.to("shown.example")] == ["/i"]


def test_hint_is_seen_in_a_profile_on_disk(proxy, visit):
    serve(proxy, '<link rel="preconnect" href="https://reached.example"><p>Hello')
    visit(on_disk=True).goto(f"https://{SITE}/")
    proxy.record.wait_for(lambda record: "reached.example" in record.hosts)
    assert proxy.record.to("reached.example") == []
    assert proxy.record.hosts == {SITE, "reached.example"}


def test_form_that_is_filled_in_is_nobody_else_s_business(proxy, visit):
    serve(proxy, FORM)
    page = visit(locale="az-AZ")
    page.goto(f"https://{SITE}/")
    for name in ("name", "email", "project", "code"):
        page.type(f"[name={name}]", "aysel@example.com")
    page.click("button")
    proxy.record.wait_until_quiet(1)
    assert proxy.record.hosts == {SITE}
    [sent] = [request for request in proxy.record.requests if request.method == "POST"]
    assert sent.body.startswith(b"name=aysel%40example.com&email=")


def test_loopback_goes_through_the_proxy_too(proxy, visit):
    page = visit()
    for host in ("localhost", "127.0.0.1"):
        assert page.goto(f"http://{host}/").status == 502
    assert {"localhost", "127.0.0.1"} <= proxy.record.hosts


def test_what_passes_by_the_proxy_arrives_nowhere(visit):
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        visit().goto(f"https://{NOWHERE}/")


@pytest.mark.parametrize(("javascript", "title"), [(True, "after"), (False, "before")])
def test_scripts_run_only_where_they_are_allowed(proxy, visit, javascript, title):
    serve(proxy, "<title>before</title><script>document.title = 'after'</script>")
    page = visit(javascript=javascript)
    page.goto(f"https://{SITE}/")
    assert page.title() == title


def test_visitor_is_as_the_test_wants(proxy, visit):
    serve(proxy, "<p>Hello")
    viewport = {"width": 390, "height": 700}
    page = visit(locale="ru-RU", viewport=viewport, headers={"Sec-GPC": "1"}, color_scheme="dark")
    page.goto(f"https://{SITE}/")
    headers = proxy.record.to(SITE)[0].request.headers
    assert headers["sec-gpc"] == "1"
    assert headers["accept-language"].startswith("ru-RU")
    assert page.viewport_size == viewport
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert page.evaluate("navigator.webdriver") is False


def test_each_visitor_has_a_jar_of_their_own(proxy, visit):
    sent = ["here=1; Path=/; Secure", f"apex=2; Domain={SITE}; Path=/; Max-Age=60"]
    serve(proxy, "<p>Hello", [("Set-Cookie", value) for value in sent])
    first, second = visit(), visit()
    first.goto(f"https://{SITE}/")
    jar = cookies(first.context)
    assert {domain: list(found) for domain, found in jar.items()} == {
        SITE: ["here"],
        f".{SITE}": ["apex"],
    }
    assert jar[SITE]["here"]["secure"]
    assert cookies(second.context) == {}
    assert proxy.record.set_cookies()[SITE][:2] == sent


def test_cache_works_as_it_does_for_a_visitor(proxy, visit):
    """With certificates that are only tolerated Chromium would keep nothing."""
    serve(proxy, "<link rel=stylesheet href=/a.css>", [("Cache-Control", "max-age=600")])
    page = visit()
    page.goto(f"https://{SITE}/1")
    page.goto(f"https://{SITE}/2")
    asked = [seen.request.path for seen in proxy.record.to(SITE)]
    assert [path for path in asked if path != "/favicon.ico"] == ["/1", "/a.css", "/2"]


def test_cookies_of_a_server_reach_the_browser_and_come_back(proxy, visit):
    with tiny_site() as upstream:
        proxy.serve([SITE], upstream)
        page = visit()
        page.goto(f"http://{SITE}/packed")
        page.goto(f"http://{SITE}/packed")
        proxy.serve((), None)
    assert "cookie: a=1; b=2" in page.content()
    assert "x-forwarded-proto: http" in page.content()


def test_site_is_reached_by_its_own_names(proxy, visit, site):
    page = visit()
    answer = page.goto("https://emsarsolutions.az/")
    assert page.url == f"{site}/en/solutions/"
    assert answer.status == 200
    proxy.record.wait_until_quiet(0.2)
    assert proxy.record.hosts == {SITE, "emsarsolutions.az"}
    static = proxy.record.to(SITE, "/static/")
    assert {seen.response.status for seen in static} == {200}
    assert any(seen.request.path.endswith(".css") for seen in static)
    assert page.locator("link[rel=canonical]").get_attribute("href") == page.url
