"""Looking for known words in everything that is stored or logged, in every form they may take."""

import base64
import hashlib
import html
import json
import os
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from redis import Redis

from emsar.datamap.folding import fold
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.postgres import find_programs
from tests.canary.columns import in_clear


def spellings(word: str) -> set[str]:
    """A word as it may be typed, folded, or escaped for another format; case does not matter."""
    plain = {word, fold(word), unicodedata.normalize("NFD", word)}
    escaped = {quote(word), json.dumps(word)[1:-1], html.escape(word), repr(word.encode())[2:-1]}
    return {text.casefold() for text in plain | escaped}


def encodings(word: str) -> set[str]:
    """Forms in which case matters or letters are gone: base64 at any offset, hex, bare digests."""
    found = set()
    for text in {word, word.lower(), word.upper(), fold(word)}:
        octets = text.encode()
        found.add(octets.hex())
        found |= {hashlib.new(name, octets).hexdigest() for name in ("md5", "sha1", "sha256")}
        found |= set(base64_anywhere(octets))
    return found


def base64_anywhere(octets: bytes) -> Iterator[str]:
    """What of the base64 of a longer text must stand there, wherever in it the word begins."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + octets).decode().rstrip("=")
        first = (0, 2, 3)[before]
        last = len(whole) - (1 if (before + len(octets)) % 3 else 0)
        yield whole[first:last]


def leaks(words: Iterable[str], places: dict[str, str]) -> list[str]:
    """Which words stand in which places, and in which form."""
    folded = {place: text.casefold() for place, text in places.items()}
    return [
        f"{word} in {place}, as {form}"
        for word in words
        for is_exact, form in _forms(word)
        for place, text in folded.items()
        if form in text or (is_exact and form in places[place])
    ]


@cache
def _forms(word: str) -> list[tuple[bool, str]]:
    """Each form, and whether its case matters; every word is looked for in hundreds of places."""
    return [*((False, f) for f in spellings(word)), *((True, f) for f in encodings(word))]


def stored() -> dict[str, str]:
    """Everything that a thief of the servers' data would have."""
    return {
        "the dump": dump(),
        "the tables": copy_of_all_tables(),
        "the sessions": decoded_sessions(),
        "Redis": content_of_redis(),
        "the servers' logs": logs_of_the_servers(),
        "the ledger": ledger(),
        **in_clear(),
    }


def ledger() -> str:
    """The file outside the database that outlives it."""
    path = Path(urlsplit(settings.LEDGER_URL).path)
    return path.read_text() if path.is_file() else ""


def dump() -> str:
    """The dump of PostgreSQL's own program; empty where it does not fit the server."""
    given = connection.get_connection_params()
    place = {"PGHOST": given.get("host"), "PGPORT": given.get("port"), "PGUSER": given.get("user")}
    login = {**place, "PGPASSWORD": given.get("password"), "PGDATABASE": given["dbname"]}
    try:
        program = find_programs() / "bin" / "pg_dump"
    except EmbeddedError:
        return ""
    environment = os.environ | {name: str(value) for name, value in login.items() if value}
    done = subprocess.run([program], env=environment, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def copy_of_all_tables() -> str:
    """The same by COPY, which every server can do."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
                parts += [f"{table}\n", *(bytes(row).decode() for row in rows)]
    return "".join(parts)


def decoded_sessions() -> str:
    """Sessions are compressed in their column."""
    return json.dumps([row.get_decoded() for row in Session.objects.all()], ensure_ascii=False)


def content_of_redis() -> str:
    """What the server of the settings holds."""
    with Redis.from_url(settings.REDIS_URL) as server:
        return typed_values(server)


def typed_values(server: Redis) -> str:
    """Every key with its value, of whichever kind."""
    readers = {"string": "GET", "list": "LRANGE", "hash": "HGETALL", "set": "SMEMBERS"}
    readers |= {"zset": "ZRANGE", "stream": "XRANGE"}
    ends = {"list": ["0", "-1"], "zset": ["0", "-1"], "stream": ["-", "+"]}
    parts = []
    for key in server.scan_iter():
        kind = server.type(key).decode()
        if kind in readers:
            value = server.execute_command(readers[kind], key, *ends.get(kind, []))
            parts.append(f"{key!r} {_text(value)}")
    return "\n".join(parts)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    return " ".join(map(_text, value)) if isinstance(value, list | set | tuple) else str(value)


def logs_of_the_servers() -> str:
    """What the embedded servers of this run have logged; nothing for servers of one's own."""
    folder = Path(os.environ.get("DATA_DIR", "/nowhere")) / "log"
    return "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.log")))
