"""kill -9 of workers between claim, send and mark: nothing is lost, and little comes twice."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from emsar.outbox.models import BLANK, MailCopy, OutboundMail, Status
from tests.smtp import HOST

MAILS = 60
KILLS = 20
WORKERS = 3
PATIENCE_SECONDS = 60


class Workers:
    """The workers of the test; each is a process of its own."""

    def __init__(self, nursery: "subprocess.Popen[str]") -> None:
        self.nursery = nursery
        self.alive: list[str] = []

    def start(self) -> None:
        self.alive.append(self._ask("start"))

    def kill_one(self) -> None:
        victim = self.alive.pop(random.randrange(len(self.alive)))  # noqa: S311
        assert self._ask(f"kill {victim}") == "killed"

    def _ask(self, line: str) -> str:
        print(line, file=self.nursery.stdin, flush=True)
        answer = self.nursery.stdout.readline().strip()
        assert answer, "the workers' parent has ended: see its output above"
        return answer


@contextmanager
def workers(port: int) -> Iterator[Workers]:
    """A pool on the test database, under the worker's own login."""
    url, _, _ = settings.DATABASE_ROLE_URLS["emsar_worker"].rpartition("/")
    environment = {
        "DATABASE_ROLE": "worker",
        "DATABASE_URL_WORKER": f"{url}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.outbox.worker_settings",
        "EMAIL_URL": f"smtp://{HOST}:{port}",
    }
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.outbox.workers"],
        cwd=settings.BASE_DIR,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pool = Workers(nursery)
    with nursery:
        for _ in range(WORKERS):
            pool.start()
        try:
            yield pool
        finally:
            # Its end of the pipe is closed: it ends, and the workers end with it.
            nursery.stdin.close()


def unsent() -> int:
    return OutboundMail.objects.exclude(status=Status.SENT).count()


def wait_until_all_are_sent() -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while unsent():
        assert time.monotonic() < end, f"{unsent()} mails are still waiting"
        time.sleep(0.1)


def test_twenty_kills_over_sixty_mails_lose_none(filled_db, smtp, queue) -> None:
    about = "00000000-0000-4000-8000-000000000001"
    mails = [queue(about=about, copy_in="office@example.org") for _ in range(MAILS)]
    with workers(smtp.port) as pool:
        for _ in range(KILLS):
            time.sleep(random.uniform(0.02, 0.1))  # noqa: S311
            pool.kill_one()
            pool.start()
        at_the_last_kill = unsent()
        wait_until_all_are_sent()

    deliveries = Counter(mail["Message-ID"] for mail in smtp.mails)
    assert set(deliveries) == {mail.message_id for mail in mails}
    assert deliveries.total() - MAILS <= KILLS
    # The kills really fell into the work: some leases had to run out, and work was left at the end.
    again = OutboundMail.objects.filter(attempts__gt=1).count()
    assert again >= 3, "hardly a kill hit a mail"
    assert at_the_last_kill > 0
    assert deliveries.total() - MAILS <= again

    assert {mail["To"]: mail["Message-ID"] for mail in smtp.mails} == {
        mail.to_address: mail.message_id for mail in mails
    }
    emptied = {f"{name}__isnull": True for name in BLANK}
    assert OutboundMail.objects.filter(**emptied).count() == MAILS
    assert MailCopy.objects.count() == MAILS
