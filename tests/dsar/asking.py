"""A person who asks: sends the form, lets the worker look it up, opens the link of the mail."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import time_machine
from django.http import HttpResponse
from django.test import Client

from dsar.models import Case
from dsar.services.intake import RightsEntry, look_up, receive
from emsar.outbox.models import OutboundMail, Purpose

ADDRESS = "aysel@example.com"
LANGUAGES = ("az", "en", "ru")


def entry(*kinds: str, **fields: Any) -> RightsEntry:
    """A validated entry of the form."""
    defaults: dict[str, Any] = {
        "email": ADDRESS,
        "kinds": kinds,
        "details": "",
        "language": "en",
        "nonce": uuid.uuid4(),
    }
    return RightsEntry(**{**defaults, **fields})


def ask(*kinds: str, after: timedelta = timedelta(0), **fields: Any) -> None:
    """Send the form and let the worker look it up, ``after`` from now."""
    with time_machine.travel(datetime.now(UTC) + after, tick=True):
        receive(entry(*kinds, **fields))
        look_up()


def mails(name: str = "link") -> list[OutboundMail]:
    """The mails with a link to the pages of one's requests, oldest first."""
    rows = OutboundMail.objects.filter(purpose=Purpose.RIGHTS).order_by("created_at")
    return [mail for mail in rows if f"/my-data/{name}/" in (mail.body or "")]


def path_in(mail: OutboundMail) -> str:
    """The path of the link that a mail holds."""
    found = re.search(r"https?://[^/]+(/\w\w/my-data/(?:link|address)/\S+/)", mail.body or "")
    assert found, mail.body
    return found[1]


def enter(client: Client, address: str = ADDRESS, path: str = "", **fields: Any) -> HttpResponse:
    """Open the last link and confirm the address."""
    return client.post(path or path_in(mails()[-1]), {"email": address, **fields})


def verified(client: Client, *kinds: str, **fields: Any) -> Case:
    """A case whose person has used the link and is signed in with this client."""
    ask(*kinds, **fields)
    assert enter(client, fields.get("email", ADDRESS)).status_code == 303
    return Case.objects.filter(kind=kinds[-1]).latest("registered_at")


def text_of(page: str) -> str:
    """What stands on a page, without its tags."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))
