"""Reports to Sentry: a real process, a real fault, and a server that reads what arrives."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from tests.production import environment, start

CANARY = "canary.aysel@example.com"
NAME = "Kanarya"
KEY = "0123456789abcdef0123456789abcdef"

FAULTY = """
import django
django.setup()
from django.urls import path
from django.test import Client
from django.http import HttpResponse
from django.conf import settings
import logging, sys, types

def view(request, word):
    name = request.POST.get("name")
    token = request.COOKIES.get("__Host-admin_session")
    logging.getLogger("x").error("about %s", name)
    try:
        raise KeyError(name)
    except KeyError as fault:
        raise ValueError(f"{name} {request.POST}") from fault

urls = types.ModuleType("faulty_urls")
from emsar import urls as ours
urls.urlpatterns = [path("x/<str:word>/", view), *ours.urlpatterns]
urls.handler500 = ours.handler500
sys.modules["faulty_urls"] = urls
plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.STORAGES["staticfiles"]["BACKEND"] = plain
settings.ROOT_URLCONF = "faulty_urls"
client = Client(raise_request_exception=False, REMOTE_ADDR="172.30.77.2", HTTP_HOST="emsargroup.az",
    HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="203.0.113.77", HTTP_USER_AGENT="@@",
    HTTP_SEC_FETCH_SITE="same-origin", HTTP_REFERER="https://x/@@")
client.cookies["__Host-admin_session"] = "@@"
answer = client.post("/x/@@/?q=@@", {"name": "@@"})
from emsar.celery import app

@app.task(name="faulty")
def task(who):
    raise ValueError(who)

task.apply(args=["@@"])
import sentry_sdk
sentry_sdk.capture_message("@@")
sentry_sdk.flush(5)
""".replace("@@", f"{NAME}-{CANARY}")


class Inbox(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.arrived.append((str(self.headers), body.decode()))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def inbox() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Inbox)
    server.arrived = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_report_tells_class_and_places_and_nothing_of_anybody():
    with inbox() as server:
        given = environment(
            DJANGO_SETTINGS_MODULE="emsar.settings.production",
            SENTRY_DSN=f"http://{KEY}@127.0.0.1:{server.server_port}/1",
        )
        done = start(FAULTY, given)
        arrived = server.arrived  # type: ignore[attr-defined]
    assert done.returncode == 0, done.stderr
    everything = "".join(head + body for head, body in arrived)
    for word in (
        NAME,
        CANARY,
        "203.0.113.77",
        "172.30.77.2",
        "about",
        "emsargroup",
        "admin_session",
    ):
        assert word not in everything, word
    events = [json.loads(body.splitlines()[2]) for _head, body in arrived]
    # A fault of a request and one of a task; the message on its own is no fault.
    assert len(events) == 2
    first, second = events
    assert [v["type"] for v in first["exception"]["values"]] == ["KeyError", "ValueError"]
    assert first["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "view"
    assert set(first) <= {"event_id", "timestamp", "level", "platform", "tags", "exception"}
    assert first["tags"].keys() == {"request"}
    assert second["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "task"
