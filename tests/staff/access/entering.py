"""Going the way in as people do: name and password, then the code of an app."""

import re
import time

from django.test import Client
from django.urls import reverse

from emsar.staff.access.factors import STEP_SECONDS, code_at, new_secret
from emsar.staff.models import TotpDevice, User
from tests.factories import PASSWORD

# Before the login, pages speak the language that the browser asks for.
ENGLISH = {"Accept-Language": "en"}
LOGIN, CODE, INDEX = (reverse(f"admin:{name}") for name in ("login", "login_code", "index"))


def give_factor(user: User) -> str:
    """A confirmed second factor; its secret."""
    secret = new_secret()
    TotpDevice.objects.create(user=user, secret=secret, confirmed=True)
    return secret


def code_now(secret: str, *, steps: int = 0) -> str:
    """What an app shows now, or so many half minutes later."""
    return code_at(secret, int(time.time()) // STEP_SECONDS + steps)


def type_password(name: str, password: str = PASSWORD, onward: str = "", **extra: str) -> Client:
    """A browser that has typed name and password; the answer as ``browser.response``."""
    browser = Client(headers=ENGLISH, **extra)
    fields = {"username": name, "password": password, "next": onward}
    browser.response = browser.post(LOGIN, fields)
    return browser


def type_code(browser: Client, code: str) -> Client:
    """The same, one step further."""
    browser.response = browser.post(CODE, {"code": code})
    return browser


def go_in(user: User, secret: str, *, steps: int = 0) -> Client:
    """The whole way."""
    return type_code(type_password(user.username), code_now(secret, steps=steps))


def is_in(browser: Client) -> bool:
    return browser.get(INDEX).status_code == 200


def errors(browser: Client) -> list[str]:
    """What the form of the last answer says, of all its fields."""
    form = browser.response.context["form"]
    return [message for messages in form.errors.values() for message in messages]


def link_in(text: str) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://[^/\s]+(/admin/\S+/)", text)
    assert found is not None, text
    return found[1]
