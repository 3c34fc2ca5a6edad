"""What visitors and colleagues of a company do, with known words in everything they type."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from emsar.staff.models import Role, User
from requests_inbox.models import ConsultationRequest
from tests.canary.words import (
    AGENT,
    CALLER,
    COMPANY,
    DRAFT,
    EMAIL,
    GUESS,
    INCOMING,
    NAME,
    NETWORK,
    NOTE,
    PHONE,
    PROJECT,
    PURPOSE,
    REPLY,
    STAFF,
    STAFF_EMAIL,
    WRONG_PASSWORD,
)
from tests.consent.undertaking import accepting
from tests.exports import content_of
from tests.factories import PASSWORD, make_user
from tests.requests_inbox.visiting import Visitor
from tests.staff.access.entering import code_now, give_factor


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


def member(user: User) -> Client:
    """A colleague's browser, logged in."""
    staff = browser()
    staff.force_login(user)
    return staff


def entered(user: User, secret: str) -> Client:
    """The same by the way in, a wrong name and password first."""
    staff, login = browser(), reverse("admin:login")
    staff.post(login, {"username": GUESS, "password": WRONG_PASSWORD})
    staff.post(login, {"username": user.username, "password": PASSWORD})
    answer = staff.post(reverse("admin:login_code"), {"code": code_now(secret)})
    assert answer.headers["Location"] == reverse("admin:index")
    return staff


def work(item: ConsultationRequest, user: User) -> None:
    """A colleague comes in, looks around and answers."""
    staff = entered(user, give_factor(user))
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
    staff = member(user)
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
    staff = member(user)
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
    administrator = member(make_user(Role.ADMINISTRATOR))
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
