"""Error pages, logs and reports of faults: known words in all that a fault can carry along.

A process of its own under production's settings, whose database is away; its reports go to a server
that reads them, its logs to where production writes them.
"""

import json
import os
import secrets
import signal
import subprocess
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from emsar.embedded.ports import choose
from emsar.embedded.programs import web
from tests.canary.leaks import leaks
from tests.canary.words import AGENT, EMAIL, NAME, NETWORK, WORDS
from tests.production import ROOT, environment, start
from tests.site.test_reports import KEY, inbox

# An address as it is asked for, and what is answered.
ANSWERS = {
    **{f"/x/{kind}/{quote(NAME)}/?q={quote(EMAIL)}": kind for kind in (400, 403, 500, 503)},
    f"/az/{quote(NAME)}/{quote(EMAIL)}/": 404,
    f"/az/my-data/%00/{quote(NAME)}/": 400,
    f"/az/solutions/?q={quote(EMAIL)}": 405,
    f"/az/my-data/link/{quote(EMAIL)}/": 503,
}


def in_production(**changed: str) -> dict[str, str]:
    """Production, with a database where nobody listens."""
    nowhere = f"postgres://emsar_web:{secrets.token_hex(16)}@127.0.0.1:1/emsar"
    given = {"DJANGO_SETTINGS_MODULE": "emsar.settings.production", "DATABASE_URL_WEB": nowhere}
    return environment(**given | changed)


def test_error_pages_logs_and_reports_hold_no_known_word() -> None:
    with inbox() as server:
        dsn = f"http://{KEY}@127.0.0.1:{server.server_port}/1"
        code = "from tests.canary.faulty import main; main()"
        done = start(code, in_production(SENTRY_DSN=dsn), json.dumps([*ANSWERS]))
        arrived = server.arrived  # type: ignore[attr-defined]
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert {address: status for address, (status, _page) in answers.items()} == ANSWERS
    reports = {f"report {number}": "".join(parts) for number, parts in enumerate(arrived)}
    assert leaks(WORDS, {"the log": done.stderr, **reports, **pages(answers)}) == []
    # What was looked through: lines of the site, of Django and of Celery, and reports of both.
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    loggers = {"emsar.x", "emsar.site.errors", "django.request", "celery.app.trace", "py.warnings"}
    assert {line["logger"] for line in lines} >= loggers
    events = [json.loads(body.splitlines()[2]) for _head, body in arrived]
    kinds = [event["exception"]["values"][-1]["type"] for event in events]
    assert kinds.count("ValueError") >= 2, kinds


def pages(answers: dict[str, list]) -> dict[str, str]:
    """The error pages; each repeats its own address, for the other languages, and no more."""
    return {
        address: page.replace(quote(NAME), "").replace(quote(EMAIL), "")
        for address, (_status, page) in answers.items()
    }


def test_web_server_logs_no_word_of_a_request(filled_db, tmp_path: Path) -> None:
    """The server itself, as `make run` and the container start it: access logs included."""
    log, port = tmp_path / "log", choose()
    with log.open("wb") as sink:
        server = subprocess.Popen(
            web(port).command, env=of_this_run(), cwd=ROOT, stdout=sink, stderr=sink
        )
        try:
            statuses = {ask(port, address) for address in ANSWERS}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)
    assert statuses == {400, 404, 405}
    written = log.read_text(errors="replace")
    assert leaks(WORDS, {"the server's log": written}) == []
    assert "django.request Not Found: /az/my-data/link/<str:token>/" in written
    assert '"--no-access-log"' in (ROOT / "Dockerfile").read_text()


def of_this_run() -> dict[str, str]:
    """A site beside the tests, over their database."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    database = f"{server}/{connection.settings_dict['NAME']}"
    run = {"DJANGO_SETTINGS_MODULE": "emsar.settings.dev", "DATABASE_ROLE": "owner"}
    return {**os.environ, **run, "DATABASE_URL": database}


def ask(port: int, address: str) -> int:
    """Post there as soon as somebody answers."""
    head = {"Host": f"localhost:{port}", "User-Agent": AGENT, "X-Forwarded-For": NETWORK}
    head |= {"Cookie": f"case_session={quote(EMAIL)}", "Referer": f"http://x/{quote(NAME)}"}
    head["Content-Type"] = "application/x-www-form-urlencoded"
    for _attempt in range(100):
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as asked:
                asked.request("POST", address, f"name={quote(NAME)}&email={quote(EMAIL)}", head)
                return asked.getresponse().status
        except ConnectionError:
            time.sleep(0.1)
    raise TimeoutError(address)
