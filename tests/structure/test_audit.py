"""What of the audit of the pinned packages is only told, and what stops `make check`."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

SPEC = importlib.util.spec_from_file_location(
    "audit", Path(__file__).resolve().parents[2] / ".ci" / "audit.py"
)
assert SPEC
assert SPEC.loader
audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)

GOOD = {"name": "good", "version": "1.0", "vulns": []}
SKIPPED = {"name": "own", "skip_reason": "Dependency not found"}
POOL = "HTTPSConnectionPool(host='index', port=443): Max retries exceeded with url: /x"
UNPROVEN = "(Caused by SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED')))"


@pytest.mark.parametrize(
    "err",
    [
        "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed",
        f"Traceback\nrequests.exceptions.ConnectionError: {POOL}",
        f"Traceback\nrequests.exceptions.ProxyError: {POOL}",
        f"Traceback\nrequests.exceptions.ConnectTimeout: {POOL}",
        f"Traceback\nrequests.exceptions.ReadTimeout: {POOL}",
        "requests.exceptions.ChunkedEncodingError: Connection broken",
        "requests.exceptions.HTTPError: 500 Server Error: x\n\npip_audit.ServiceError",
        "requests.exceptions.HTTPError: 503 Server Error: x\n\npip_audit.ServiceError",
        "timed out",
    ],
)
def test_index_that_is_away_is_told_and_not_fatal(capsys, err):
    assert audit.judge(1, "", err) == 0
    assert "the packages were NOT looked up: the index does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    "err",
    [
        "requests.exceptions.HTTPError: 401 Client Error: x\n\npip_audit.ServiceError",
        "requests.exceptions.HTTPError: 403 Client Error: x\n\npip_audit.ServiceError",
        "requests.exceptions.HTTPError: 429 Client Error: x\n\npip_audit.ServiceError",
        f"requests.exceptions.SSLError: {POOL} {UNPROVEN}",
        "requests.exceptions.JSONDecodeError: Expecting value: line 1",
        "ERROR:pip_audit._cli:PyPI is not redirecting properly",
        "ServiceError: Received malformed version from PyPI: x",
        "ERROR: a requirement timed out of its pin",
        "",
    ],
)
def test_every_other_failure_is_fatal(capsys, err):
    assert audit.judge(1, "", err) == 1
    assert "the packages were NOT looked up: pip-audit failed (1)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("packages", "verdict"), [([], 1), ([SKIPPED], 0), ([SKIPPED, SKIPPED], 0)]
)
def test_audit_that_looked_nothing_up_says_so(capsys, packages, verdict):
    """Nobody can mend an index that knows nothing; a report about nothing is broken."""
    assert audit.judge(0, json.dumps({"dependencies": packages}), "") == verdict
    told = capsys.readouterr().err
    assert told == (
        f"audit: the packages were NOT looked up: the index knows none of {len(packages)}\n"
    )


def test_package_that_was_not_looked_up_is_counted(capsys):
    assert audit.judge(0, json.dumps({"dependencies": [GOOD, SKIPPED]}), "") == 0
    assert capsys.readouterr().err.splitlines() == [
        "audit: 1 of 2 packages were not found in the index and NOT looked up",
        "audit: 1 packages looked up, no vulnerability known",
    ]


def test_tool_that_fails_after_its_report_is_fatal():
    assert audit.judge(1, json.dumps({"dependencies": [GOOD]}), "") == 1


@contextmanager
def index(status: int) -> Iterator[int]:
    """The port of an index that answers everything so."""

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Index)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


HERE = """
import requests
send = requests.Session.request
def local(self, method, url, **more):
    return send(self, method, "http://127.0.0.1:%d/x", **more)
requests.Session.request = local
from pip_audit._cli import audit
audit()
"""


@pytest.mark.parametrize(
    ("status", "verdict", "told"),
    [
        (503, 0, "the packages were NOT looked up: the index does not answer"),
        (403, 1, "the packages were NOT looked up: pip-audit failed (1)"),
        (404, 0, "the packages were NOT looked up: the index knows none of 1"),
    ],
)
def test_answer_of_an_index_is_judged_with_the_real_tool(
    monkeypatch, tmp_path, capsys, status, verdict, told
):
    script, pinned = tmp_path / "audit_here.py", tmp_path / "requirements.txt"
    pinned.write_text(f"idna==3.10 --hash=sha256:{'0' * 64}\n")
    with index(status) as port:
        script.write_text(HERE % port)
        monkeypatch.setattr(audit, "AUDIT", (sys.executable, str(script), *audit.AUDIT[3:]))
        assert audit.audit(str(pinned)) == verdict
    assert told in capsys.readouterr().err
