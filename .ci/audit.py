"""Are the pinned packages known to be vulnerable? A vulnerability stops `make check`.

A network or an index that is away (no connection, or a fault of its own: 5xx) is told and stops
nothing: it says nothing about us, and a check that fails on Sundays is soon left out. Everything
else that goes wrong does stop it, an index that refuses us or knows none of the packages as well.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

AUDIT = (
    *(sys.executable, "-m", "pip_audit", "--requirement"),
    *("{file}", "--require-hashes", "--disable-pip"),
    *("--progress-spinner", "off", "--format", "json"),
)
# What pip-audit and the library below it say when nobody answers, or the index has a fault. A wrong
# certificate is neither: somebody else may be answering.
AWAY = (
    r"Could not connect to ",
    r"^requests\.exceptions\.(ChunkedEncoding|Connection|Proxy)Error: ",
    r"^requests\.exceptions\.(Connect|Read)Timeout: ",
    r"^requests\.exceptions\.HTTPError: 5[0-9]{2} ",
    r"^timed out$",
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
    if skipped == len(report):
        # An index without this list of faults, a mirror for instance: nothing that we can mend.
        _say(f"the packages were NOT looked up: the index knows none of {len(report)}")
        return 0 if report else 1
    if skipped:
        _say(f"{skipped} of {len(report)} packages were not found in the index and NOT looked up")
    if not found:
        _say(f"{len(report) - skipped} packages looked up, no vulnerability known")
    return 1 if found or code else 0


def _without_report(code: int, err: str) -> int:
    if any(re.search(words, err, re.MULTILINE) for words in AWAY):
        _say("the packages were NOT looked up: the index does not answer")
        return 0
    _say(f"the packages were NOT looked up: pip-audit failed ({code}):\n{err}")
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
