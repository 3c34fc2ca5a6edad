"""Seven kinds of request on one server, in turn, several rounds; medians and their ratios.

python -m emsar.embedded exec -- python -m tests.bench.run [--seconds 4] [--rounds 5]
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings

from consent.choice.cookie import NAME
from consent.choice.tokens import token_of
from consent.notices import COOKIE_CHOICE, FREE_CONSULTATION, Notice, notice
from requests_inbox.tokens import Shown, new_token
from tests.bench.load import Make, rate

POLICY = "/en/privacy-policy/"
FORM = "/en/free-consultation/"
COOKIES = "/en/cookies/"
INSERT = "/en/bench/insert/"


@dataclass
class Kind:
    """One kind of request and what was measured of it."""

    name: str
    make: Make
    status: int
    statements: int
    rates: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.rates)


class Get:
    """A GET of one address."""

    def __init__(self, path: str, cookie: str = "") -> None:
        kept = f"Cookie: {cookie}\r\n" if cookie else ""
        self.data = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{kept}\r\n".encode()

    def __call__(self, number: int) -> bytes:
        return self.data


class Post:
    """A POST of the form by a new visitor each time."""

    def __init__(self, words: Notice) -> None:
        self.words = words

    def __call__(self, number: int) -> bytes:
        body = urlencode(self.fields(number)).encode()
        head = (
            f"POST {FORM} HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def fields(self, number: int) -> dict[str, str]:
        said = (self.words.sha256, self.words.language, self.words.version.number)
        shown = Shown(uuid.uuid4(), *said, at=time.time() - 60)
        return {
            "name": "Bench Visitor",
            "email": f"bench-{number}@example.com",
            "company": "A company",
            "service": "cybersecurity",
            "project": "A project in a few words. " * 8,
            "website": "",
            "token": new_token(self.words, shown),
        }


class Accept:
    """A POST of the banner by a new visitor each time."""

    def __init__(self, words: Notice) -> None:
        self.fields = {"choice": "accept", "shown": token_of(words), "next": POLICY}
        body = urlencode(self.fields).encode()
        head = (
            f"POST {COOKIES} HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.data = head.encode() + body

    def __call__(self, number: int) -> bytes:
        return self.data


class Write:
    """A POST that inserts one row."""

    data = (f"POST {INSERT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n").encode()

    def __call__(self, number: int) -> bytes:
        return self.data


def prepare() -> None:
    """The set-up of an empty database."""
    quiet = Path(os.devnull).open("w")  # noqa: SIM115 - open until the process ends
    call_command("migrate", verbosity=0)
    call_command("setup_roles", stdout=quiet)
    call_command("register_keys", stdout=quiet)
    from django.conf import settings

    call_command("load_organisation", settings.PROFILE_PATH, stdout=quiet)
    call_command("publish_policies", stdout=quiet)


def statements(client: Client, method: str, path: str, data: object = None) -> int:
    """How many SQL statements one warm request takes, BEGIN and COMMIT not counted."""
    count = 0

    def counting(execute: object, *args: object) -> object:
        nonlocal count
        count += 1
        return execute(*args)  # type: ignore[operator]

    with connection.execute_wrapper(counting):
        getattr(client, method)(path, data)
    return count


def kinds() -> list[Kind]:
    client = Client(headers={"host": "localhost"})
    words = notice(FREE_CONSULTATION, "en")
    size = len(client.get(POLICY).content)
    post = Post(words)
    empty = f"/en/bench/empty/{size}/"
    client.post(FORM, post.fields(-1))
    client.get(FORM)
    accept = Accept(notice(COOKIE_CHOICE, "en"))
    # The first one stores the words.
    client.post(COOKIES, accept.fields)
    agreed = f"{NAME}={client.cookies.pop(NAME).value}"
    accepting = statements(client, "post", COOKIES, accept.fields)
    client.get(POLICY)
    of_choice = statements(client, "get", POLICY)
    client.cookies.clear()
    return [
        Kind(f"empty view, {size:,} bytes", Get(empty), 200, statements(client, "get", empty)),
        Kind("policy page", Get(POLICY), 200, statements(client, "get", POLICY)),
        Kind("form page", Get(FORM), 200, statements(client, "get", FORM)),
        Kind("one-row INSERT view", Write(), 200, statements(client, "post", INSERT)),
        Kind("form submission", post, 303, statements(client, "post", FORM, post.fields(-2))),
        Kind("policy page, statistics agreed", Get(POLICY, agreed), 200, of_choice),
        Kind("acceptance of cookies", accept, 303, accepting),
    ]


@contextmanager
def server() -> Iterator[int]:
    """The web server as `make run` starts it, under the web role."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "granian"),
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        "2",
        "--blocking-threads",
        "4",
        "--no-access-log",
        "--log-level",
        "warning",
        "emsar.wsgi:application",
    ]
    environment = {**os.environ, "DATABASE_ROLE": "web"}
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def measure(rounds: int, seconds: float, clients: int) -> list[Kind]:
    found = kinds()
    connection.close()
    with server() as port:
        for turn in range(rounds + 1):
            for kind in found:
                start = turn * 100_000_000
                value = rate(
                    port, kind.make, kind.status, seconds=seconds, clients=clients, start=start
                )
                if turn:  # the first round warms caches and pools
                    kind.rates.append(value)
    return found


def ratios(first: Kind, second: Kind) -> list[float]:
    """Round by round, so that a machine that slows down slows both."""
    return [a / b for a, b in zip(first.rates, second.rates, strict=True)]


def report(found: list[Kind]) -> None:
    print(f"{'':32}{'median/s':>10}{'min':>9}{'max':>9}{'SQL':>6}")
    for kind in found:
        low, high = min(kind.rates), max(kind.rates)
        print(f"{kind.name:32}{kind.median:>10.0f}{low:>9.0f}{high:>9.0f}{kind.statements:>6}")
    empty, policy, form, insert, submission, agreed, acceptance = found
    for name, first, second, aim in [
        ("policy page / empty view", policy, empty, "0.80"),
        ("form page / empty view", form, empty, "-"),
        ("form submission / one-row INSERT", submission, insert, "0.25"),
        ("policy page agreed / not chosen", agreed, policy, "0.80"),
        ("acceptance / one-row INSERT", acceptance, insert, "0.40"),
    ]:
        values = ratios(first, second)
        print(
            f"{name:36} {statistics.median(values):.2f}"
            f"   ({min(values):.2f} to {max(values):.2f})   aim {aim}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    prepare()
    with override_settings(ALLOWED_HOSTS=["*"]):
        found = measure(options.rounds, options.seconds, options.clients)
    report(found)


if __name__ == "__main__":
    main()
