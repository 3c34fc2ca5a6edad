"""The mail viewer: what anybody may have written into a mail is shown, never obeyed."""

import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from emsar.embedded import viewer
from emsar.embedded.viewer import linked, viewer_server

Get = Callable[..., tuple[HTTPResponse, str]]


@pytest.fixture
def get(tmp_path: Path) -> Iterator[Get]:
    """Ask the running viewer for a page."""
    with viewer_server(tmp_path, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def ask(path: str, host: str = "127.0.0.1:1") -> tuple[HTTPResponse, str]:
            connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            connection.request("GET", path, headers={"Host": host})
            response = connection.getresponse()
            text = response.read().decode()
            connection.close()
            return response, text

        yield ask
        server.shutdown()
        thread.join()


def store(folder: Path, number: int, **headers: str) -> str:
    """Store a mail; ``text`` is its text, the others are headers."""
    message = EmailMessage()
    message.set_content(headers.pop("text", "Salam"))
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    name = f"20261122T00000{number}.000000Z-000{number}.eml"
    (folder / name).write_bytes(message.as_bytes())
    return name


def test_the_list_shows_the_newest_mail_first(get: Get, tmp_path: Path):
    for number in range(3):
        store(tmp_path, number, Subject=f"Mail {number}", From="a@x.org", To="b@x.org")

    response, page = get("/")

    assert response.status == 200
    assert "3 kept" in page
    assert page.index("Mail 2") < page.index("Mail 1") < page.index("Mail 0")
    assert "a@x.org" in page
    assert "b@x.org" in page


def test_an_empty_list_is_a_page_too(get: Get):
    assert "0 kept" in get("/")[1]


def test_a_long_list_is_cut_and_says_so(get: Get, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(viewer, "SHOWN_MAILS", 1)
    for number in range(3):
        store(tmp_path, number, Subject=f"Mail {number}")

    page = get("/")[1]

    assert "Mail 0" not in page
    assert "2 older mails" in page


def test_a_mail_shows_its_headers_and_its_text(get: Get, tmp_path: Path):
    name = store(
        tmp_path, 1, Subject="Müraciət", Reply_To="v@x.org", Message_ID="<1@x>", text="Salam, Əli"
    )

    page = get(f"/{name}")[1]

    for text in ("Müraciət", "v@x.org", "&lt;1@x&gt;", "Salam, Əli"):
        assert text in page
    assert "Message-ID: <1@x>" in get(f"/raw/{name}")[1]


EVIL = "<script>alert(1)</script>\"'{0}{title}"


def test_what_a_stranger_wrote_is_shown_as_text(get: Get, tmp_path: Path):
    name = store(tmp_path, 1, Subject=EVIL, To=f'"{EVIL[:20]}" <a@x.org>', text=EVIL)

    pages = get("/")[1] + get(f"/{name}")[1]

    assert "<script" not in pages
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages
    assert "{0}{title}" in pages


def test_a_mail_may_have_only_html_or_an_attachment_or_no_text(get: Get, tmp_path: Path):
    page_only = EmailMessage()
    page_only.set_content("<p>Salam</p>", subtype="html")
    page_only.add_attachment(b"1", maintype="application", subtype="pdf", filename="<a>.pdf")
    (tmp_path / "1.eml").write_bytes(page_only.as_bytes())
    (tmp_path / "2.eml").write_bytes(b"Content-Type: application/pdf\r\n\r\n1")

    page = get("/1.eml")[1]

    assert "&lt;p&gt;Salam&lt;/p&gt;" in page
    assert "&lt;a&gt;.pdf" in page
    assert get("/2.eml")[0].status == 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?utf-8?b?////?=\r\nTo: <<>>@@\r\nDate: never\r\n\r\nx",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xe9x",
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"From: (\r\nMessage-ID: <\r\nTo: a@[\r\n\r\nx",
    ],
)
def test_a_damaged_mail_is_shown_as_far_as_it_goes(get: Get, tmp_path: Path, content: bytes):
    (tmp_path / "1.eml").write_bytes(content)

    for path in ("/", "/1.eml", "/raw/1.eml"):
        assert get(path)[0].status == 200


@pytest.mark.parametrize(
    "path", ["/x.eml", "/../secrets.json", "/%2e%2e/secrets.json", "/raw/..%2fsecrets.json", "/raw"]
)
def test_only_mails_are_shown(get: Get, tmp_path: Path, path: str):
    (tmp_path.parent / "secrets.json").write_text("secret")

    response, page = get(path)

    assert response.status == 404
    assert "secret" not in page.replace(path, "")


def test_a_foreign_host_is_refused_so_that_no_other_site_reads_the_mails(get: Get, tmp_path: Path):
    store(tmp_path, 1, Subject="Private")

    response, page = get("/", host="attacker.example")

    assert response.status == 421
    assert "Private" not in page
    assert get("/", host="localhost:8025")[0].status == 200


def test_no_script_runs_and_nothing_is_loaded_from_elsewhere(get: Get):
    response, _page = get("/")

    assert response.getheader("Content-Security-Policy") == "default-src 'none'; style-src 'self'"
    assert response.getheader("Cache-Control") == "no-store"
    assert get("/style.css")[0].getheader("Content-Type") == "text/css; charset=utf-8"


def test_web_addresses_become_links_without_the_sentence_around_them():
    assert linked("See http://a.example/x?a=1&b=2. <b>") == (
        'See <a href="http://a.example/x?a=1&amp;b=2">http://a.example/x?a=1&amp;b=2</a>. &lt;b&gt;'
    )
    assert (
        linked('https://a/"onclick="x')
        == '<a href="https://a/">https://a/</a>&quot;onclick=&quot;x'
    )
    assert linked("javascript:alert(1)") == "javascript:alert(1)"
