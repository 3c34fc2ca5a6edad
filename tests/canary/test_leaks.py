"""The control of the canary: the same search finds a word that does stand in clear."""

import base64
import hashlib
import json
import logging
from urllib.parse import quote

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from redis import Redis

from emsar.audit.models import Heartbeat
from emsar.datamap.folding import fold
from emsar.staff.models import KeyedCount
from tests.canary.leaks import leaks, stored
from tests.factories import make_request

# No word of the other tests here: they may look through the same Redis at the same time.
WORD = "Bənövşəzarov"
FORMS = {
    "as typed": WORD,
    "in capitals": "BƏNÖVŞƏZAROV",
    "folded": fold(WORD),
    "in another text": f"x{WORD}y",
    "percent-encoded": quote(WORD),
    "in JSON": json.dumps({"name": WORD}),
    "as bytes in Python": repr(WORD.encode()),
    "hex": WORD.encode().hex(),
    "hex in capitals": WORD.encode().hex().upper(),
    "SHA-256": hashlib.sha256(WORD.encode()).hexdigest(),
    "MD5 of it folded": hashlib.md5(fold(WORD).encode()).hexdigest(),  # noqa: S324 - looked for
    **{
        f"base64 behind {before} letters": base64.b64encode(
            b"x" * before + WORD.encode() + b"tail"
        ).decode()
        for before in range(4)
    },
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_search_finds_the_word_in_every_form(form) -> None:
    assert leaks([WORD], {"somewhere": f"… {form} …"})


def test_search_finds_nothing_where_nothing_is() -> None:
    assert leaks([WORD], {"somewhere": "Quite another text, and Bənövşə too."}) == []


def test_search_finds_what_is_stored_in_clear_in_each_place(filled_db, settings, caplog) -> None:
    text, octets, session, cached = (f"{WORD}{number}" for number in range(4))
    Heartbeat.objects.create(job="control", note=text, at=timezone.now())
    KeyedCount.objects.create(key=octets.encode(), count=1, started_at=timezone.now())
    store = SessionStore()
    store["note"] = f"{session} {'long enough to be compressed ' * 20}"
    store.save()
    request = make_request(service="customs")
    with Redis.from_url(settings.REDIS_URL) as server:
        server.hset("canary-control", "field", cached)
        places = stored()
        server.delete("canary-control")

    def found_in(word: str) -> set[str]:
        return {leak.partition(" in ")[2].partition(",")[0] for leak in leaks([word], places)}

    whole = {"the dump", "the tables"}
    assert found_in(text) == {*whole, "audit_heartbeat.note"}
    assert found_in(octets) == {*whole, "staff_keyedcount.key"}
    assert found_in(session) == {"the sessions"}
    assert found_in(cached) == {"Redis"}
    # What is in clear on purpose, in a row full of what is not.
    assert {*whole, "requests_inbox_consultationrequest.reference"} <= found_in(request.reference)
    assert {*whole, "entities_service.slug"} <= found_in("customs")


def test_log_is_caught_as_it_is_written(caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("emsar.outbox").debug("to %s", WORD)
    assert leaks([WORD], {"the log": caplog.text})
