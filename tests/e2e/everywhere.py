"""Every place in which a running site could have left something, and a search through all of them.

The folder of PostgreSQL's own files is the one place that is left out: a live cluster keeps dead
rows until they are vacuumed, and its log of writes until the next checkpoint; what of it can be
read is what the dump shows. Its server's messages are searched with the other logs.
"""

import base64
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from redis import Redis

from emsar.embedded.postgres import connection_parameters
from tests.canary.leaks import base64_anywhere, encodings, spellings, typed_values
from tests.retention.restoring import program
from tests.stack import Stack

_BLOCK = re.compile(rb"^COPY public\.(\S+) \((.*?)\) FROM stdin;\n(.*?)^\\\.$", re.M | re.S)


@dataclass(frozen=True)
class Needles:
    """What is looked for: parts of words, look-up keys as hexadecimal digits, and UUIDs."""

    words: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def forms(self) -> Iterator[bytes]:
        """As texts hold them in which case says nothing."""
        for word in self.words:
            yield from (text.encode() for text in spellings(word))
        yield from (key.lower().encode() for key in self.keys)
        for number in self.numbers:
            yield from (number.encode(), UUID(number).hex.encode())

    def exact_forms(self) -> Iterator[bytes]:
        """As bytes, and as texts in which case matters."""
        for word in self.words:
            yield from (text.encode() for text in encodings(word))
        octets = [bytes.fromhex(key) for key in self.keys]
        for value in [*octets, *(UUID(number).bytes for number in self.numbers)]:
            yield value
            yield value.hex().encode()
            yield from (text.encode() for text in base64_anywhere(value))
            yield base64.urlsafe_b64encode(value).rstrip(b"=")

    def are_in(self, content: bytes) -> bool:
        if any(form in content for form in self.exact_forms()):
            return True
        folded = content.decode("utf-8", "surrogateescape").casefold()
        lower = folded.encode("utf-8", "surrogateescape")
        return any(form in lower for form in self.forms())


@dataclass
class Everything:
    """One look at the site: the tables of the dump, Redis, files and logs, and delivered mails."""

    dump: bytes
    places: dict[str, bytes]
    mails: list[EmailMessage]
    tables: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = dict(_tables(self.dump))

    def found(self, needles: Needles) -> set[str]:
        """The places that have any of it, "the dump" among them; mails are not."""
        everywhere = {"the dump": self.dump, **self.places}
        return {place for place, content in everywhere.items() if needles.are_in(content)}

    def columns_with(self, needles: Needles) -> set[str]:
        """Tables and columns of the dump that have any of it, as "table.column"."""
        return {
            f"{table}.{column}"
            for table, columns in self.tables.items()
            if needles.are_in(b"\n".join(columns.values()))
            for column, values in columns.items()
            if needles.are_in(values)
        }

    def mails_with(self, needles: Needles) -> list[EmailMessage]:
        return [mail for mail in self.mails if needles.are_in(_whole(mail))]

    def rows_with(self, numbers: Iterable[str]) -> dict[str, set[bytes]]:
        """Every row that names one of these, table by table, as the dump writes it."""
        wanted = re.compile(b"|".join(number.encode() for number in numbers))
        blocks = {match[1].decode(): match[3] for match in _BLOCK.finditer(self.dump)}
        return {
            table: {row for row in rows.splitlines() if wanted.search(row)}
            for table, rows in blocks.items()
        }


def look(stack: Stack, environment: Mapping[str, str], folder: Path) -> Everything:
    """Everything that there is at this moment."""
    with Redis.from_url(environment["REDIS_URL"]) as server:
        content = typed_values(server)
    places = {"Redis": content.encode("utf-8", "surrogateescape"), **_files(stack)}
    return Everything(dump(environment, folder), places, stack.mails())


def dump(environment: Mapping[str, str], folder: Path) -> bytes:
    """The whole database, as its owner dumps it."""
    login = connection_parameters(environment["DATABASE_URL"])
    variables = {"PGHOST": "host", "PGUSER": "user", "PGPASSWORD": "password"}
    given = {name: login[key] for name, key in variables.items()}
    target = folder / "dump.sql"
    command = [program("pg_dump"), "--file", str(target), login["dbname"]]
    subprocess.run(command, env=os.environ | given, check=True)
    return target.read_bytes()


def _files(stack: Stack) -> dict[str, bytes]:
    """What the run printed and every file of its data folder but the cluster and the mails."""
    found = {"the output": stack.log.read_bytes()}
    for path in sorted(stack.data_dir.rglob("*")):
        place = path.relative_to(stack.data_dir)
        if path.is_file() and place.parts[0] not in {"postgres", "mail"}:
            found[str(place)] = path.read_bytes()
    return found


def _tables(dumped: bytes) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Each table with its columns, the values of all rows of each in one piece."""
    for match in _BLOCK.finditer(dumped):
        names = [name.strip('" ') for name in match[2].decode().split(",")]
        rows = [row.split(b"\t") for row in match[3].splitlines()]
        values = zip(*rows, strict=True) if rows else ([] for _ in names)
        yield (
            match[1].decode(),
            {name: b"\n".join(column) for name, column in zip(names, values, strict=True)},
        )


def _whole(mail: EmailMessage) -> bytes:
    """Headers and texts as their reader sees them, and the mail as it was sent."""
    headers = "\n".join(f"{name}: {value}" for name, value in mail.items())
    parts = (part for part in mail.walk() if part.get_content_maintype() == "text")
    texts = "\n".join(part.get_content() for part in parts)
    return f"{headers}\n{texts}\n".encode() + mail.as_bytes()
