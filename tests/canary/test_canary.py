"""A stolen dump says nothing: known words go in by every door, and are found nowhere (idea 5).

They go through the form, the mails, the admin and a reply. Afterwards they stand in the mails
that were delivered, and neither in PostgreSQL nor in Redis nor in any log.
"""

import logging
from datetime import UTC, datetime, timedelta
from io import StringIO

import time_machine
from django.core.management import call_command
from django.utils import timezone

from emsar.celery import app
from emsar.outbox.models import OutboundMail
from emsar.outbox.sending import send_due
from emsar.outbox.tasks import send_due_mail
from emsar.staff.models import Role
from requests_inbox.models import Status
from tests.canary.acts import (
    add_colleague,
    browser,
    hear_again,
    lose_the_way,
    take_out,
    text_of,
    visit,
    withdrawal_path,
    work,
)
from tests.canary.conftest import content_of_folder
from tests.canary.leaks import leaks, stored
from tests.canary.words import EMAIL, NAME, REPLY, STAFF, STAFF_EMAIL, WORDS
from tests.factories import make_user


def test_known_words_are_delivered_and_found_nowhere_else(
    filled_db, smtp, caplog, capfd, console, temporary
) -> None:
    caplog.set_level(logging.DEBUG)
    user = make_user(Role.ENTITY_STAFF, "solutions", full_name=STAFF, email=STAFF_EMAIL)

    item = visit()
    add_colleague()
    # While the mails still wait, with all that they say.
    assert leaks(WORDS, stored()) == []

    # To the company, to the visitor, and the invitation to the new colleague: the server quotes
    # the address of one, and takes it the next time.
    smtp.refuse(f"451 4.3.0 <{EMAIL}> try again")
    assert send_due() == 2
    assert OutboundMail.objects.filter(last_error="SMTPDataError 451").count() == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=True):
        assert send_due() == 1
    work(item, user)
    assert send_due() == 1
    item.refresh_from_db()
    assert item.status == Status.REPLIED

    hear_again(item, user)
    code = take_out(user)
    lose_the_way()
    path = withdrawal_path(smtp.mails)
    token = path.strip("/").rpartition("/")[2]
    visitor = browser()
    for answer in (visitor.get(path), visitor.post(path), visitor.get(f"{path[:-4]}/")):
        assert answer.status_code in {200, 303, 404}
    # Jobs pass through the queue, and through everything that is due.
    send_due_mail.delay()
    call_command("run_due", stdout=StringIO(), stderr=StringIO())
    places = stored()
    app.control.purge()

    printed = capfd.readouterr()
    places["temporary files"] = content_of_folder(temporary)
    places |= {"the log": caplog.text, "the output": printed.out + printed.err}
    places["the console"] = console.getvalue()
    assert leaks([*WORDS, code, code.replace("-", "")], places) == []
    # Of the link its digest is stored, and 256 random bits cannot be guessed from that.
    assert [place for place, text in places.items() if token in text] == []
    # What the search had to go through, so that an empty place does not pass for a clean one.
    assert item.reference in places["the tables"]
    assert "send_due_mail" in places["Redis"]
    # A line of ours, one of Django's, each as it is made and as it is written.
    for written in ("the log", "the console"):
        assert "emsar.outbox.sending" in places[written]
        assert "Not Found: /az/free-consultation/withdraw/<str:token>/" in places[written]

    delivered = "\n".join(f"{mail['To']} {mail['Reply-To']} {text_of(mail)}" for mail in smtp.mails)
    for word in ("Qəndabşəkərov", EMAIL, "Günəbaxankəpənək", "Şüşəbəndqarabatdaq", token):
        assert word in delivered
    assert REPLY in delivered
    for word in ("Qeydsığırçını", "Qaralamaqızılgöz", "Gələnsarıköynək"):
        assert word not in delivered


def test_acknowledgement_repeats_neither_company_nor_project(filled_db, smtp) -> None:
    """The form must not become a way to send text to strangers."""
    visit()
    send_due()
    (acknowledged,) = (mail for mail in smtp.mails if mail["To"] == EMAIL)
    words = ["Günəbaxankəpənək", "Şüşəbəndqarabatdaq"]
    assert leaks(words, {"the acknowledgement": acknowledged.as_string()}) == []
    assert leaks(words, {"its text": text_of(acknowledged)}) == []
    assert NAME in text_of(acknowledged)
    assert timedelta() < timezone.now() - acknowledged["Date"].datetime < timedelta(minutes=5)
