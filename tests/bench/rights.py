"""One access case and one deletion case over HTTP, among few requests and among many.

From the click that proves the address to the package in hand (the two pages that are looked at in
between are told apart), and from the approval to the data gone and the answer queued; several
persons each, medians, and how much slower many rows make it. The residual scan comes after the
answer and is told apart too. A submission of the consultation form stands beside it, as a measure
of the machine.

python -m emsar.embedded exec --data-dir var/bench-rights -- python -m tests.bench.rights
    [--few 10000] [--requests 1000000] [--cases 25]
"""

import argparse
import os
import re
import statistics
import time
import uuid
from dataclasses import dataclass, field

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from consent.notices import FREE_CONSULTATION, notice
from dsar.models import Case, Status
from dsar.services import residual
from dsar.services.intake import RightsEntry, look_up, receive
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import DataSubject
from requests_inbox.models import Message
from tests.bench.browsing import Browser
from tests.bench.filling import fill
from tests.bench.run import FORM, Post, prepare, server
from tests.factories import make_request, make_user

AIM, AIM_RATIO = 0.15, 1.5
# So many of each first: every thread of every process of the server has then done it once.
WARMING = 8
DETAILS = "Please tell me what you hold about me."


@dataclass
class Figures:
    """Seconds that each step took, a value a case."""

    rows: int
    steps: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, seconds: float) -> None:
        self.steps.setdefault(name, []).append(seconds)

    def median(self, name: str) -> float:
        return statistics.median(self.steps[name])


def person(number: int) -> str:
    """Somebody with two requests, an answer to each, and mails; their address."""
    email = f"asks-{number}-{uuid.uuid4().hex[:8]}@example.com"
    for _ in range(2):
        request = make_request(name="Bench Visitor", email=email, company="A company")
        Message.objects.create(
            request=request, kind="outgoing", channel="email", body="Hello. " * 40
        )
    return email


def asked(email: str, kind: str) -> tuple[Case, str]:
    """The case of a person, and the path of the link that was mailed to them."""
    receive(RightsEntry(email, (kind,), DETAILS, "en", uuid.uuid4()))
    look_up()
    case = Case.objects.filter(kind=kind).latest("registered_at")
    mail = OutboundMail.objects.filter(about=case.pk).latest("created_at")
    found = re.search(r"https?://[^/]+(/\w\w/my-data/link/\S+/)", mail.body or "")
    assert found, "no link was mailed"
    return case, found[1]


def verify(browser: Browser, email: str, link: str, case: Case) -> float:
    """The click that proves the address; how long it took."""
    fields = {"email": email, "listed": "1", "mine": case.reference}
    return browser.post(link, fields, 303).seconds


def access(port: int, number: int, figures: Figures) -> None:
    """Click, the page of one's requests, the page that asks once more, the package."""
    email = person(number)
    case, link = asked(email, "access")
    browser = Browser(port)
    copy = f"/en/my-data/cases/{case.reference}/copy/"
    clicked = verify(browser, email, link, case)
    pages = browser.get("/en/my-data/cases/").seconds + browser.get(copy).seconds
    package = browser.post(copy, {}, 200)
    browser.close()
    assert package.body.startswith(b"PK"), "no package"
    for name, seconds in (("click", clicked), ("pages", pages), ("package", package.seconds)):
        figures.note(f"access: {name}", seconds)
    figures.note("access", clicked + package.seconds)


def deletion(port: int, number: int, figures: Figures, cookies: dict[str, str]) -> Case:
    """The officer's approval; when it is answered the data are gone and the answer is queued."""
    email = person(number)
    case, link = asked(email, "deletion")
    browser, officer = Browser(port), Browser(port, cookies)
    verify(browser, email, link, case)
    page = f"/admin/dsar/case/{case.pk}/approve/"
    shown = officer.get(page)
    fields = {name: shown.hidden(name) for name in ("csrfmiddlewaretoken", "seen")}
    figures.note("deletion: preview", shown.seconds)
    figures.note("deletion", officer.post(page, {**fields, "sure": "on"}, 302).seconds)
    browser.close()
    officer.close()
    case.refresh_from_db()
    assert case.status == Status.EXECUTED, case.status
    assert not DataSubject.objects.filter(pk=case.subject).exists(), "still there"
    assert OutboundMail.objects.filter(to_address__isnull=False).exists(), "no answer"
    return case


def submission(port: int, post: Post, figures: Figures) -> None:
    browser = Browser(port)
    fields = post.fields(uuid.uuid4().int % 10**9)
    figures.note("(form submission)", browser.post(FORM, fields, 303).seconds)
    browser.close()


def scan(case: Case, figures: Figures) -> None:
    report = residual.look(case)
    assert not report.findings, report.findings
    figures.note("scan: by index", report.by_index)
    figures.note("scan: pass", report.by_pass)


def measure(port: int, rows: int, cases: int, cookies: dict[str, str]) -> Figures:
    """All in turn; the first ones, which warm caches and pools, are not counted."""
    post = Post(notice(FREE_CONSULTATION, "en"))
    for number in range(WARMING + cases):
        if number in {0, WARMING}:
            figures = Figures(rows)
        access(port, number, figures)
        erased = deletion(port, number, figures, cookies)
        submission(port, post, figures)
    scan(erased, figures)
    return figures


def officer() -> dict[str, str]:
    """A session of an officer's, as the log-in makes it."""
    client = Client()
    client.force_login(make_user("dpo"))
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def report(few: Figures, many: Figures) -> None:
    print(f"{'median, ms':24}{few.rows:>12,}{many.rows:>12,}{'ratio':>8}")
    for name in sorted(many.steps):
        first, second = few.median(name), many.median(name)
        aims = f"   aims {AIM * 1000:.0f} ms, {AIM_RATIO}" if name in {"access", "deletion"} else ""
        print(f"{name:24}{first * 1000:>12.1f}{second * 1000:>12.1f}{second / first:>8.2f}{aims}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=25)
    options = parser.parse_args()
    prepare()
    settings.LEDGER_URL = f"file://{settings.DATA_DIR}/bench-ledger.jsonl"
    cookies, found = officer(), []
    day = timezone.localdate() - timedelta(days=1)
    for first, last in ((1, options.few), (options.few + 1, options.requests)):
        start = time.perf_counter()
        fill(last, 0, day, first=first)
        print(f"filled up to {last:,} requests in {time.perf_counter() - start:.0f} s")
        connection.close()
        with server() as port:
            found.append(measure(port, last, options.cases, cookies))
    report(*found)


if __name__ == "__main__":
    main()
