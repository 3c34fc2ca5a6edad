"""Published pages from memory: the same answer as from the view, without the view."""

import gzip

import pytest
from django.http import HttpResponse, HttpResponseNotFound, StreamingHttpResponse

from emsar.entities import publication
from emsar.site import finished
from emsar.site.finished import publish
from emsar.site.middleware.finished import FinishedPagesMiddleware

TEXT = "A sentence that is long enough to be worth compressing. " * 20


@pytest.fixture(autouse=True)
def counter(monkeypatch) -> list[int]:
    """The publication counter without a database; every request looks, and nothing settles."""
    value = [1]
    monkeypatch.setattr(publication, "current", lambda: value[0])
    monkeypatch.setattr(publication, "next_instant", lambda now: None)
    monkeypatch.setattr(publication, "LOOK_EVERY_SECONDS", 0.0)
    return value


@pytest.fixture(autouse=True)
def _look_each_time(settings):
    settings.FINISHED_LOOK_SECONDS = 0.0


class View:
    """A view that counts its calls and answers with what it was given."""

    def __init__(self, answer=None) -> None:
        self.calls = 0
        self.answer = answer or (lambda: publish(HttpResponse(TEXT)))

    def __call__(self, request) -> HttpResponse:
        self.calls += 1
        return self.answer()


@pytest.fixture
def view() -> View:
    return View()


@pytest.fixture
def site(view, rf):
    """The middleware after its first look, with the view below it."""
    middleware = FinishedPagesMiddleware(view)
    for _ in range(2):
        middleware(rf.get("/warm/"))
    view.calls = 0
    return middleware


def test_second_request_does_not_reach_the_view(site, view, rf):
    first, second = site(rf.get("/en/")), site(rf.get("/en/"))
    assert view.calls == 1
    assert second.content == first.content == TEXT.encode()
    assert dict(second.items()) == dict(first.items())


def test_answer_says_that_it_must_be_asked_for_again(site, rf):
    response = site(rf.get("/en/"))
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Vary"] == "Cookie, Sec-GPC, Accept-Encoding"
    assert response.headers["Content-Length"] == str(len(TEXT))


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, GZIP ;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q = 0.000", False),
        ("br", False),
        ("", False),
    ],
)
def test_body_is_packed_for_those_who_take_gzip(site, rf, accepted, packed):
    for _ in range(2):
        response = site(rf.get("/en/", headers={"accept-encoding": accepted}))
        assert response.has_header("Content-Encoding") is packed
        body = gzip.decompress(response.content) if packed else response.content
        assert body == TEXT.encode()
        assert response.headers["Content-Length"] == str(len(response.content))


def test_visitor_who_has_the_page_gets_304(site, view, rf):
    etag = site(rf.get("/en/")).headers["ETag"]
    packed = site(rf.get("/en/", headers={"accept-encoding": "gzip"})).headers["ETag"]
    assert etag != packed
    for known in (etag, packed, f"W/{etag}", f'"other", {etag}', "*"):
        response = site(rf.get("/en/", headers={"if-none-match": known}))
        assert (response.status_code, response.content) == (304, b"")
        assert set(response.headers) >= {"ETag", "Cache-Control", "Vary"}
        assert not response.has_header("Content-Type")
    assert site(rf.get("/en/", headers={"if-none-match": '"other"'})).status_code == 200
    assert view.calls == 1


def test_first_visitor_after_a_start_gets_304_too(view, rf):
    etag = FinishedPagesMiddleware(view)(rf.get("/en/")).headers["ETag"]
    again = FinishedPagesMiddleware(view)(rf.get("/en/", headers={"if-none-match": etag}))
    assert again.status_code == 304


def test_head_gets_the_headers_of_get_without_a_body(site, rf):
    get = site(rf.get("/en/"))
    head = site(rf.head("/en/"))
    assert head.content == b""
    assert dict(head.items()) == dict(get.items())


def test_head_of_a_page_that_is_not_stored_goes_to_the_view(site, view, rf):
    site(rf.head("/en/"))
    site(rf.head("/en/"))
    assert view.calls == 2


def test_publication_is_seen_by_the_next_request(site, view, rf, counter):
    site(rf.get("/en/"))
    counter[0] += 1
    view.answer = lambda: publish(HttpResponse("new"))
    assert site(rf.get("/en/")).content == b"new"


def test_query_string_passes_by_the_store_in_both_directions(site, view, rf):
    site(rf.get("/en/"))
    for _ in range(2):
        response = site(rf.get("/en/?utm_source=x"))
        assert response.headers["ETag"]
    assert view.calls == 3


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/ru/"},
        {"path": "/en/", "headers": {"sec-gpc": "1"}},
        {"path": "/en/", "secure": True},
        {"path": "/en/", "headers": {"host": "localhost"}},
    ],
)
def test_pages_differ_by_path_scheme_host_and_gpc(site, view, rf, other):
    site(rf.get("/en/"))
    site(rf.get(**other))
    assert view.calls == 2


def test_pages_differ_by_the_choice_that_the_cookie_states(site, view, rf, monkeypatch):
    monkeypatch.setattr(finished, "_choices", [])
    assert finished.choice_of(rf.get("/en/")) == ""
    finished.register_choice(lambda request: request.COOKIES.get("choice", ""))
    site(rf.get("/en/"))
    site(rf.get("/en/", headers={"cookie": "choice=granted"}))
    site(rf.get("/en/", headers={"cookie": "choice=granted; admin_session=1"}))
    assert view.calls == 2


def test_host_that_is_not_ours_is_left_to_django(site, view, rf):
    for _ in range(2):
        site(rf.get("/en/", headers={"host": "evil.example"}))
    assert view.calls == 2


def _with_cookie() -> HttpResponse:
    response = publish(HttpResponse(TEXT))
    response.set_cookie("seen", "1")
    return response


@pytest.mark.parametrize(
    "answer",
    [
        lambda: HttpResponse(TEXT),
        lambda: publish(HttpResponseNotFound(TEXT)),
        lambda: publish(StreamingHttpResponse([TEXT])),
        lambda: publish(HttpResponse(TEXT, headers={"Content-Encoding": "br"})),
        _with_cookie,
    ],
)
def test_answers_that_are_not_for_everybody_are_neither_kept_nor_changed(rf, answer):
    view = View(answer)
    middleware = FinishedPagesMiddleware(view)
    for _ in range(3):
        response = middleware(rf.get("/en/"))
        assert not response.has_header("ETag")
    assert view.calls == 3


def test_post_goes_to_the_view(site, view, rf):
    site(rf.get("/en/"))
    site(rf.post("/en/", {"a": "b"}))
    assert view.calls == 2
