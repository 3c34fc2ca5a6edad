"""`make check` looks the pinned packages up; what stops it and what is only told."""

import importlib.util
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
assert SPEC
assert SPEC.loader
audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)

GOOD = {"name": "good", "version": "1.0", "vulns": []}
BAD = {"name": "bad", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}
SKIPPED = {"name": "own", "skip_reason": "Dependency not found"}
AWAY = "requests.exceptions.ProxyError: HTTPSConnectionPool(host='index', port=443): Max retries"


def report(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("code", "out", "err", "verdict", "told"),
    [
        (0, report(GOOD), "", 0, "1 packages looked up, no vulnerability known"),
        (0, report(GOOD, SKIPPED), "", 0, "1 of 2 packages were not found"),
        (1, report(GOOD, BAD), "", 1, "bad 1.0: CVE-1 (mended in 1.1)"),
        # Whatever else happens, what was found counts.
        (0, report(BAD), AWAY, 1, "vulnerable: bad"),
        (1, "", AWAY, 0, "the packages were NOT looked up"),
        (1, "", "Could not connect to the vulnerability feed", 0, "NOT looked up"),
        (1, "", "timed out", 0, "NOT looked up"),
        (1, "", "hashes are required", 1, "hashes are required"),
        (2, "", "unrecognized arguments: --format", 2, "pip-audit failed (2)"),
        (0, "not json", "", 1, "pip-audit failed (0)"),
        (3, report(GOOD), "", 1, "1 packages"),
    ],
)
def test_outcome_is_judged(capsys, code, out, err, verdict, told):
    assert audit.judge(code, out, err) == verdict
    assert told in capsys.readouterr().err


def test_index_that_is_not_there_is_told_and_not_fatal(monkeypatch, tmp_path, capsys):
    """The real tool, with every way out closed."""
    pinned = tmp_path / "requirements.txt"
    pinned.write_text(f"idna==3.10 --hash=sha256:{'0' * 64}\n")
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert audit.audit(str(pinned)) == 0
    assert "NOT looked up" in capsys.readouterr().err


def test_requirement_without_a_hash_is_fatal(tmp_path):
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("idna==3.10\n")
    assert audit.audit(str(pinned)) != 0


class Advisory(BaseHTTPRequestHandler):
    """An index that knows of one weakness."""

    def do_GET(self) -> None:
        found = {"id": "PYSEC-1", "aliases": [], "summary": "", "details": "", "fixed_in": ["9"]}
        body = json.dumps({"info": {}, "vulnerabilities": [found]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


INDEX = """
import requests
send = requests.Session.request
def local(self, method, url, **more):
    return send(self, method, "%s", **more)
requests.Session.request = local
from pip_audit._cli import audit
audit()
"""


def test_known_weakness_is_fatal(monkeypatch, tmp_path, capsys):
    """The real tool, asking a server of this test instead of the index."""
    server = HTTPServer(("127.0.0.1", 0), Advisory)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        script = tmp_path / "audit_here.py"
        script.write_text(INDEX.replace("%s", f"http://127.0.0.1:{server.server_port}/x"))
        command = (sys.executable, str(script), *audit.AUDIT[3:])
        monkeypatch.setattr(audit, "AUDIT", command)
        pinned = tmp_path / "requirements.txt"
        pinned.write_text(f"idna==3.10 --hash=sha256:{'0' * 64}\n")
        assert audit.audit(str(pinned)) == 1
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert "vulnerable: idna 3.10: PYSEC-1 (mended in 9)" in capsys.readouterr().err


def test_check_asks_for_both_audits():
    makefile = (ROOT / "Makefile").read_text()
    check = makefile.split("\ncheck: ")[1].split("\n\n")[0]
    assert "bandit --quiet --recursive --severity-level medium $(CODE)" in check
    assert ".ci/audit.py requirements.txt" in check
    assert os.access(ROOT / "requirements.txt", os.R_OK)
