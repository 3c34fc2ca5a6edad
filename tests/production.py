"""Production's own settings, for tests that look at what leaves the house through the proxy."""

import json
import os
import secrets
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from django.test import Client
from pytest_django import Settings

from emsar.embedded.keys import make_secrets

ROOT = Path(__file__).resolve().parents[1]
PROXY = "172.30.77.2"
VISITOR = "203.0.113.9"
# What decides about headers, hosts, cookies and proxies; the rest is the tests' own.
TAKEN = ("SECURE_", "SESSION_COOKIE_", "CSRF_", "COOKIE_NAMES", "ALLOWED_", "HEALTH_HOSTS")
TAKEN += ("SITE_ORIGIN", "TRUSTED_PROXIES")
ASK = """
import json
from emsar.settings import production
names = json.loads(input())
found = {n: getattr(production, n) for n in dir(production) if n.startswith(tuple(names))}
print(json.dumps(found, default=sorted))
"""


def environment(**changed: str) -> dict[str, str]:
    """What production needs to start, with fresh secrets; "" leaves a variable out."""
    made = make_secrets().environment() | {
        "DATABASE_URL_WEB": f"postgres://emsar_web:{secrets.token_hex(16)}@db/emsar",
        "DATABASE_URL_WORKER": f"postgres://emsar_worker:{secrets.token_hex(16)}@db/emsar",
        "DATABASE_ROLE": "web",
        "REDIS_URL": "redis://localhost",
        "EMAIL_URL": "smtp://localhost",
        "TRUSTED_PROXIES": "172.30.77.0/24",
        "EXTRA_HOSTS": "127.0.0.1",
        "PATH": os.environ["PATH"],
    }
    return {name: value for name, value in (made | changed).items() if value}


def start(code: str, given: dict[str, str], words: str = "") -> subprocess.CompletedProcess[str]:
    """Run a piece of Python in an environment of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT, env=given, input=words, capture_output=True, text=True, check=False
    )


@cache
def production_settings() -> dict[str, Any]:
    """The values that the real module computes."""
    done = start(ASK, environment(), json.dumps(TAKEN))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def as_in_production(settings: Settings) -> None:
    """Take production's values for one test; a client made afterwards sees them."""
    for name, value in production_settings().items():
        setattr(settings, name, value)


class Proxied(Client):
    """A visitor whose requests come over HTTPS, as the proxy hands them on."""

    def __init__(self, host: str, scheme: str = "https", **defaults: Any) -> None:
        handed_on = {"HTTP_X_FORWARDED_PROTO": scheme, "HTTP_X_FORWARDED_FOR": VISITOR}
        super().__init__(REMOTE_ADDR=PROXY, HTTP_HOST=host, **handed_on, **defaults)
