"""The question moves nothing while it arrives piece by piece (E-10)."""

import re
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

SHIFTS = """() => new Promise(done => {
    let sum = 0
    new PerformanceObserver(list => list.getEntries().forEach(entry => sum += entry.value))
        .observe({type: "layout-shift", buffered: true})
    setTimeout(() => done(sum), 300)
})"""
CUTS = re.compile(
    rb'(?=<div class="choice-)|(?<=<div class="choice-text" id="choice-text">)'
    rb'|(?= value="accept")|(?<=<a href="/../cookies/">)|(?=</section>)'
)
PAUSE_SECONDS = 0.25


class Slow(BaseHTTPRequestHandler):
    """Hands the site's pages on, with a pause at each of the cuts."""

    site: tuple[str, int]

    def do_GET(self) -> None:
        site = HTTPConnection(*self.site)
        site.request("GET", self.path)
        answer = site.getresponse()
        body, kind = answer.read(), answer.headers["Content-Type"]
        site.close()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        for piece in CUTS.split(body):
            self.wfile.write(piece)
            time.sleep(PAUSE_SECONDS)

    def log_message(self, *args: object) -> None:
        """Nothing is said about each request."""


@pytest.fixture
def slow(filled_db, live_server) -> Iterator[str]:
    handler = type("Handler", (Slow,), {"site": (live_server.thread.host, live_server.thread.port)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_nothing_moves_while_the_question_arrives(slow, context):
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{slow}/az/")
    assert page.evaluate(SHIFTS) == 0
    assert page.evaluate("document.activeElement.getAttribute('role')") == "dialog"
    box = page.locator(".choice").bounding_box()
    assert round(box["y"] + box["height"]) == 640


def test_a_shift_would_be_counted(context):
    page = context.new_page()
    page.set_content("<p>A line</p><p>Another line</p>")
    page.wait_for_timeout(100)
    page.evaluate("document.querySelector('p').style.marginTop = '9rem'")
    assert page.evaluate(SHIFTS) > 0
