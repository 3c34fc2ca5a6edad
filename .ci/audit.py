"""Are the pinned packages known to be vulnerable? A vulnerability stops `make check`.

An index or a network that does not answer is told and stops nothing: it says nothing about us, and
a check that fails on Sundays is soon left out. Everything else that goes wrong does stop it.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

AUDIT = (
    *(sys.executable, "-m", "pip_audit", "--requirement"),
    *("{file}", "--require-hashes", "--disable-pip"),
    *("--progress-spinner", "off", "--format", "json"),
)
# What pip-audit and the libraries below it say when nobody answers.
AWAY = (
    "Could not connect",
    "ConnectionError",
    "ConnectTimeout",
    "HTTPError",
    "Max retries exceeded",
    "ProxyError",
    "ReadTimeout",
    "SSLError",
    "ServiceError",
    "timed out",
)
SECONDS = 300


def audit(file: str) -> int:
    """Look up every package of a requirements file; the exit code."""
    command = [part.format(file=file) for part in AUDIT]
    try:
        done = subprocess.run(  # noqa: S603 - the command is ours
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return judge(1, "", "timed out")
    return judge(done.returncode, done.stdout, done.stderr)


def judge(code: int, out: str, err: str) -> int:
    """What the outcome of pip-audit means, told and as an exit code."""
    report = _report(out)
    if report is None:
        return _without_report(code, err)
    found = list(_vulnerabilities(report))
    for line in found:
        _say(f"vulnerable: {line}")
    skipped = sum("skip_reason" in package for package in report)
    if skipped:
        _say(f"{skipped} of {len(report)} packages were not found in the index and not looked up")
    if not found:
        _say(f"{len(report) - skipped} packages looked up, no vulnerability known")
    return 1 if found or code not in {0, 1} else 0


def _without_report(code: int, err: str) -> int:
    if any(word in err for word in AWAY):
        _say("the packages were NOT looked up: the index does not answer")
        return 0
    _say(f"pip-audit failed ({code}):\n{err}")
    return code or 1


def _report(out: str) -> list[dict[str, Any]] | None:
    try:
        packages: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    return packages


def _vulnerabilities(packages: Iterable[dict[str, Any]]) -> Iterable[str]:
    for package in packages:
        for found in package.get("vulns", []):
            mended = ", ".join(found.get("fix_versions", [])) or "no version"
            yield f"{package['name']} {package['version']}: {found['id']} (mended in {mended})"


def _say(words: str) -> None:
    print(f"audit: {words}", file=sys.stderr)  # noqa: T201 - what it is for


if __name__ == "__main__":
    sys.exit(audit(sys.argv[1]))
