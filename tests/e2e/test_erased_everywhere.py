"""Twenty persons in every table of a running site, ten of them erased (issue: what it must show).

They write through the public form, get their mails, and ask for deletion on the site itself; web,
worker, mail server, PostgreSQL and Redis are those of ``make run``. Afterwards nothing says who
the ten were, in no place at all but mails that lie in mailboxes, each of which has its order; and
not a byte of the other ten has moved.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from redis import Redis

from emsar.embedded.postgres import connection_parameters
from tests.e2e.everywhere import Everything, Needles, look
from tests.e2e.test_faults import environment_of
from tests.e2e.test_retention_faults import Database, manage, wait_until
from tests.e2e.visitor import fetch, reference_in, send_request
from tests.stack import ROOT, Stack, running_stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]
LETTERS = "abcdefghij"
# Of the ten who go; every text that they leave has one of these in it.
WORDS = ("Silinən", "silinen", "99450555", "50 555")
# A word of no one's, put into every kind of place to show that the search finds what is there.
PLANTED = "Yoxlamasözü"
TICK = "from emsar.celery import app; app.send_task({task!r})"


@dataclass(frozen=True)
class Person:
    """A visitor; ``goes``: to be erased."""

    email: str
    name: str
    company: str
    project: str
    phone: str
    goes: bool


def visitors(stem: str, phone: str, *, goes: bool) -> list[Person]:
    plain = stem.replace("ə", "e").lower()
    return [
        Person(
            email=f"{plain}{letter}@{plain}.example",
            name=f"{stem}ova{letter} {stem}li{letter}",
            company=f"{stem}{letter} MMC",
            project=f"{stem}şəbəkə{letter} üçün qiymət.",
            phone=f"{phone}{number:04}",
            goes=goes,
        )
        for number, letter in enumerate(LETTERS)
    ]


PEOPLE = [
    *visitors("Silinən", "+99450555", goes=True),
    *visitors("Qalanən", "+99450666", goes=False),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One of its own: the numbers of other tests' certificates would change."""
    folder = tmp_path_factory.mktemp("erased") / "data"
    with running_stack(folder, FORM_LIMIT="1000") as running:
        yield running


@dataclass
class Story:
    """What the test knows of the site and of whom it filled in."""

    site: Stack
    environment: dict[str, str]
    database: Database
    filled: dict[str, Any]

    @property
    def gone(self) -> list[dict[str, Any]]:
        return self.filled["people"][: len(LETTERS)]

    @property
    def others(self) -> list[dict[str, Any]]:
        return self.filled["people"][len(LETTERS) :]

    @property
    def numbers(self) -> Needles:
        """UUIDs of the persons, of their requests and of the messages in these."""
        found = [n for p in self.gone for n in (p["person"], p["request"], *p["records"])]
        return Needles(numbers=tuple(found))

    @property
    def keys(self) -> Needles:
        return Needles(keys=tuple(key for person in self.gone for key in person["keys"]))

    def tick(self, task: str) -> None:
        """What beat does now and then."""
        manage(self.environment, TICK.format(task=task))

    def wait_for(self, statement: str, value: object) -> None:
        wait_until(lambda: self.database.one(statement) == value, 60)


def work(environment: dict[str, str], role: str, verb: str, facts: Any) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.twenty", verb],
        cwd=ROOT,
        env=environment | {"DATABASE_ROLE": role},
        input=json.dumps(facts),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def story(site: Stack) -> Story:
    """Twenty persons who wrote to us, and about whom there is a row in every table."""
    environment = environment_of(site, "celery -A emsar worker")
    with ThreadPoolExecutor(10) as pool:
        references = list(pool.map(lambda person: write_to(site, person), PEOPLE))
    facts = [
        {"reference": reference, "phone": person.phone, "goes": person.goes}
        for reference, person in zip(references, PEOPLE, strict=True)
    ]
    for person in PEOPLE:
        site.mail_to(person.email, seconds=30)
    filled = work(environment, "owner", "fill", facts)
    return Story(site, environment, Database(environment), filled)


def write_to(site: Stack, person: Person) -> str:
    fields = {"email": person.email, "name": person.name, "company": person.company}
    answer = send_request(
        site.origin, "az", **fields, service="cybersecurity", project=person.project
    )
    assert answer.status == 303, answer.text
    return reference_in(fetch(site.origin + answer.headers["location"]).text)


def ask_for_deletion(site: Stack, person: Person) -> None:
    """Send the form of rights, open the mailed link and confirm the address."""
    url = f"{site.origin}/az/my-data/"
    words = {"email": person.email, "kind": "deletion", "details": f"{person.name}: silin."}
    assert fetch(url, words).status == 303
    mail = site.wait_for_mail(
        lambda mail: person.email in mail["To"] and "/my-data/link/" in text_of(mail), 30
    )
    link = re.search(r"http\S+/my-data/link/\S+/", text_of(mail))
    assert link
    assert fetch(link[0]).status == 200
    assert fetch(link[0], {"email": person.email}).status == 303


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""


def plant(story: Story) -> None:
    """The word, in clear, in a row, in Redis, in a log and in a file."""
    row = f"INSERT INTO audit_heartbeat (job, at, note) VALUES ('planted', now(), '{PLANTED}')"
    with psycopg.connect(**owner(story), autocommit=True) as session:
        session.execute(row)
    with Redis.from_url(story.environment["REDIS_URL"]) as server:
        server.hset("planted", "field", PLANTED)
    with story.site.log.open("a") as log:
        log.write(f"{PLANTED}\n")
    (story.site.data_dir / "planted").write_text(f"{PLANTED}\n")


def owner(story: Story) -> dict[str, Any]:
    return connection_parameters(story.environment["DATABASE_URL"])


def test_ten_of_twenty_are_gone_from_every_place(story: Story, tmp_path: Path) -> None:
    assert story.filled["nothing_told"] == []
    site = story.site
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda person: ask_for_deletion(site, person), PEOPLE[: len(LETTERS)]))
    plant(story)
    quiet = "SELECT count(*) FROM outbox_outboundmail WHERE status IN ('queued', 'sending')"
    story.wait_for(quiet, 0)
    before = look(site, story.environment, tmp_path)
    assert_search_sees(before, story)

    people = [person["person"] for person in story.gone]
    approved = {"people": people[:5], "officer": story.gone[0]["officer"]}
    assert work(story.environment, "web", "approve", approved) == 5
    assert work(story.environment, "owner", "make_due", people[5:]) == 5
    story.tick("dsar.tasks.run_deadlines")
    executed = "SELECT count(*) FROM dsar_case WHERE kind = 'deletion' AND executed_at IS NOT NULL"
    story.wait_for(executed, 10)
    story.wait_for(quiet, 0)
    story.tick("dsar.tasks.scan_residues")
    done = "SELECT count(*) FROM dsar_case WHERE kind = 'deletion' AND status = 'completed'"
    story.wait_for(done, 10)
    entries = "SELECT count(*) FROM retention_ledgerentry"
    story.wait_for("SELECT count(*) FROM retention_shipment", story.database.one(entries))

    after = look(site, story.environment, tmp_path)
    assert_nothing_is_left(after, story)
    assert_copies_are_ordered(after, story)
    assert_others_are_as_they_were(before, after, story)


def assert_search_sees(before: Everything, story: Story) -> None:
    """The control: the same search finds what is still there, and in every kind of place."""
    places = before.found(Needles(words=(PLANTED,)))
    assert places >= {"the dump", "Redis", "the output", "planted"}
    assert before.columns_with(Needles(words=(PLANTED,))) == {"audit_heartbeat.note"}
    assert before.columns_with(story.keys) == {"subjects_subjectidentifier.key"}
    allowed = {place.partition(".")[0] for place in story.filled["without_meaning"]}
    named = {place.partition(".")[0] for place in before.columns_with(story.numbers)}
    assert named > {"subjects_datasubject", "requests_inbox_message", "outbox_mailcopy"}
    assert {"audit_auditevent", "consent_consentevent", "dsar_case"} <= named & allowed
    for word in ("Silinən", "silinen"):
        assert before.mails_with(Needles(words=(word,))), word


def assert_nothing_is_left(after: Everything, story: Story) -> None:
    """No value and no key anywhere; UUIDs where the data map keeps them, and in the ledger."""
    assert after.found(Needles(words=WORDS)) == set()
    assert after.found(story.keys) == set()
    assert after.columns_with(story.numbers) <= set(story.filled["without_meaning"])
    ledger = {place for place in after.places if place.startswith("ledger/")}
    assert after.found(story.numbers) == {"the dump", *ledger}
    assert ledger


def assert_copies_are_ordered(after: Everything, story: Story) -> None:
    """Every mail that tells of one of the ten is to be deleted wherever we have it."""
    telling = after.mails_with(Needles(WORDS, story.keys.keys, story.numbers.numbers))
    rows = story.database.rows("SELECT mailbox, message_id FROM retention_deletionorder")
    orders = {(str(mailbox), str(name)) for mailbox, name in rows}
    for mail in telling:
        kept = {mail["X-Envelope-From"].strip("<>"), mail["X-Envelope-To"]} & boxes(after)
        for mailbox in kept:
            assert (mailbox, mail["Message-ID"]) in orders, (mailbox, mail["Subject"])
    # To the mailbox: the request. To the person: received, the link, confirmed, carried out, and
    # that the other request about their data has ended with it.
    to_person = [mail for mail in telling if "silinen" in mail["X-Envelope-To"]]
    assert (len(to_person), len(telling)) == (50, 60)
    ordered = {name for _, name in orders}
    others = after.mails_with(Needles(words=("Qalanən", "qalanen")))
    assert others
    assert not ordered & {mail["Message-ID"] for mail in others}


def boxes(after: Everything) -> set[str]:
    """Our own mailboxes: whatever mail was ever sent from."""
    return {mail["X-Envelope-From"].strip("<>") for mail in after.mails}


def assert_others_are_as_they_were(before: Everything, after: Everything, story: Story) -> None:
    """Every row that names one of the other ten is there, byte for byte, and no new one is."""
    numbers = [
        number
        for person in story.others
        for number in (person["person"], person["request"], *person["cases"], *person["records"])
    ]
    old, new = before.rows_with(numbers), after.rows_with(numbers)
    assert sum(map(len, old.values())) > 20 * len(story.others)
    assert new == old
