"""A stolen dump says nothing: known words go in by every door, and are found nowhere (idea 5).

They go through the form, the mails, the admin and a reply. Afterwards they stand in the mails
that were delivered, and neither in PostgreSQL nor in Redis nor in any log.
"""

import logging
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from emsar.celery import app
from emsar.outbox.sending import send_due
from emsar.outbox.tasks import send_due_mail
from emsar.staff.models import Role, User
from requests_inbox.models import ConsultationRequest, Status
from tests.canary.leaks import leaks, stored
from tests.consent.undertaking import accepting
from tests.exports import content_of
from tests.factories import PASSWORD, make_user
from tests.requests_inbox.visiting import Visitor
from tests.smtp import HOST, MailServer, mail_server
from tests.staff.access.entering import code_now, give_factor

NAME = "Zülfüqarbəy Qəndabşəkərov"
EMAIL = "kanareyka7f3a@gecequsu-8842.example"
COMPANY = "Günəbaxankəpənək MMC"
PROJECT = "Şüşəbəndqarabatdaq layihəsi üçün qiymət lazımdır."
REPLY = "Cavabımız: Alabəzəkqaratoyuq."
NOTE = "Zəng etdi, Qeydsığırçını xatırlatdı."
DRAFT = "Qaralamaqızılgöz hələ bitməyib"
INCOMING = "Məktubda Gələnsarıköynək yazılıb."
CALLER = "Telefonəli Qırqovulov"
PHONE = "+994502228842"
PURPOSE = "Sorağıquşqonmaz üçün"
STAFF = "Mehparətumanlı Simurqova"
STAFF_EMAIL = "simurqstaff91@gecequsu-8842.example"
NETWORK = "203.0.113.88"
AGENT = "Kanaryabrowser/77.3"
GUESS = "sesperguess55"
WRONG_PASSWORD = "Tutuqusuparol-66"

# Single words, so that a part of a value is found as well as the whole.
WORDS = [
    *("Zülfüqarbəy", "Qəndabşəkərov", "kanareyka7f3a", "gecequsu-8842", "Günəbaxankəpənək"),
    *("Şüşəbəndqarabatdaq", "Alabəzəkqaratoyuq", "Qeydsığırçını", "Qaralamaqızılgöz"),
    *("Gələnsarıköynək", "Telefonəli", "Qırqovulov", "994502228842", "502228842"),
    "Sorağıquşqonmaz",
    *("Mehparətumanlı", "Simurqova", "simurqstaff91", NETWORK, "Kanaryabrowser"),
    *(GUESS, WRONG_PASSWORD, PASSWORD, EMAIL, NAME, STAFF_EMAIL, PHONE),
]


@pytest.fixture
def smtp(settings) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, server.port
        yield server


def browser() -> Client:
    return Client(REMOTE_ADDR=NETWORK, HTTP_USER_AGENT=AGENT, HTTP_X_FORWARDED_FOR=NETWORK)


def desk(verb: str, item: ConsultationRequest) -> str:
    return reverse(f"admin:requests_inbox_consultationrequest_{verb}", args=[item.pk])


def visit() -> ConsultationRequest:
    """A visitor makes mistakes first, and then sends the request, a minute ago."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1), tick=True):
        return _visit()


def _visit() -> ConsultationRequest:
    visitor = Visitor(browser(), "az").open()
    fields = {"name": NAME, "company": COMPANY, "project": PROJECT, "service": "cybersecurity"}
    assert visitor.send(email=f"{EMAIL} ", **{**fields, "service": ""}).status_code == 422
    assert visitor.send(email=f"{EMAIL}@", **fields).status_code == 422
    assert visitor.send(email=f"{EMAIL}\nBcc: x", **fields).status_code == 422
    answer = visitor.send(email=EMAIL, **fields)
    assert answer.status_code == 303
    assert visitor.client.get(answer.headers["Location"]).status_code == 200
    return ConsultationRequest.objects.get()


def work(item: ConsultationRequest, user: User) -> None:
    """A colleague mistypes the password, comes in, looks around and answers."""
    staff = browser()
    login = reverse("admin:login")
    staff.post(login, {"username": GUESS, "password": WRONG_PASSWORD})
    staff.post(login, {"username": user.username, "password": PASSWORD})
    staff.post(reverse("admin:login_code"), {"code": code_now(give_factor(user))})
    accepting(staff)
    listing = reverse("admin:requests_inbox_consultationrequest_changelist")
    for words in (NAME, EMAIL, "gunebaxankepenek", item.reference):
        assert item.reference in staff.get(listing, {"q": words}).text
    assert "Şüşəbəndqarabatdaq" in staff.get(desk("change", item)).text
    for verb, data in (
        ("take", {}),
        ("write", {}),
        ("draft", {"body": DRAFT}),
        ("note", {"body": NOTE}),
        ("reply", {"body": REPLY}),
    ):
        assert staff.post(desk(verb, item), data).status_code == 302, verb


def take_out(user: User) -> str:
    """A colleague exports the requests with names and addresses, and makes new recovery codes."""
    staff = browser()
    staff.force_login(user)
    export = reverse("admin:requests_inbox_consultationrequest_export")
    wanted = {"purpose": "other", "words": PURPOSE, "contacts": "on"}
    assert NAME in content_of(staff.post(export, wanted)).decode("utf-8-sig")
    page = staff.post(reverse("admin:new_codes")).text
    return re.findall(r'<li class="code">([A-Z2-7-]+)</li>', page)[0]


def lose_the_way() -> None:
    """Words stand in addresses, in forms for other pages, and in what is too large."""
    visitor = browser()
    visitor.raise_request_exception = False
    for address in (f"/az/{NAME}/", f"/az/?q={EMAIL}", f"/az/my-data/link/{EMAIL}/"):
        assert visitor.get(address).status_code in {200, 404}
    assert visitor.post("/az/solutions/", {"name": NAME}).status_code == 405
    assert visitor.post("/az/free-consultation/", {"project": PROJECT * 9000}).status_code == 413
    login = {"username": EMAIL, "password": WRONG_PASSWORD}
    assert visitor.post(reverse("admin:login"), login).status_code == 200
    assert visitor.post(reverse("admin:forgotten"), {"username": EMAIL}).status_code == 200


def hear_again(item: ConsultationRequest, user: User) -> None:
    """The person writes back, a draft is left lying, and somebody calls by telephone."""
    staff = browser()
    staff.force_login(user)
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    heard = {"at": now, "channel": "letter", "body": INCOMING}
    assert staff.post(desk("received", item), heard).status_code == 302
    assert staff.post(desk("draft", item), {"body": DRAFT}).status_code == 302
    call = {"source": "phone", "received_at": now, "language": "az", "name": CALLER}
    call |= {"phone": PHONE, "service": "cybersecurity", "project": PROJECT}
    add = reverse("admin:requests_inbox_consultationrequest_add")
    assert staff.post(add, call).status_code == 302


def add_colleague() -> None:
    """An administrator writes down a colleague's name and address."""
    administrator = browser()
    administrator.force_login(make_user(Role.ADMINISTRATOR))
    fields = {"username": "colleague", "full_name": STAFF, "email": STAFF_EMAIL, "role": "auditor"}
    fields |= {"language": "az"}
    answer = administrator.post(reverse("admin:staff_user_add"), fields)
    assert answer.status_code == 302


def withdrawal_path(mails: list[EmailMessage]) -> str:
    (body,) = (
        text_of(mail) for mail in mails if mail["To"] == EMAIL and "withdraw" in text_of(mail)
    )
    return re.search(r"/az/free-consultation/withdraw/\S+", body)[0]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return part.get_content() if part else ""


def _content_of(folder: Path) -> str:
    return "".join(
        f"{path.name}\n{path.read_bytes().decode('utf-8', 'backslashreplace')}"
        for path in folder.rglob("*")
        if path.is_file()
    )


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """Where whatever wants a temporary file puts it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_known_words_are_delivered_and_found_nowhere_else(
    filled_db, smtp, caplog, capfd, temporary
) -> None:
    caplog.set_level(logging.DEBUG)
    user = make_user(Role.ENTITY_STAFF, "solutions", full_name=STAFF, email=STAFF_EMAIL)

    item = visit()
    add_colleague()
    # While the mails still wait, with all that they say.
    assert leaks(WORDS, stored()) == []

    # To the company, to the visitor, and the invitation to the new colleague.
    assert send_due() == 3
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
    places["temporary files"] = _content_of(temporary)
    places |= {"the log": caplog.text, "the output": printed.out + printed.err}
    assert leaks([*WORDS, code, code.replace("-", "")], places) == []
    # Of the link its digest is stored, and 256 random bits cannot be guessed from that.
    assert [place for place, text in places.items() if token in text] == []
    # What the search had to go through, so that an empty place does not pass for a clean one.
    assert item.reference in places["the tables"]
    assert "send_due_mail" in places["Redis"]
    assert "emsar" in places["the log"] or "django" in places["the log"]

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
