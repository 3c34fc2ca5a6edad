"""Visitors who look at pages and send forms, each over a connection of its own."""

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

PAGES = (
    *("/en/", "/az/", "/ru/", "/en/solutions/", "/az/consulting/", "/ru/privacy-policy/"),
    *("/en/cookie-policy/", "/az/cookies/", "/en/privacy-policy/versions/", "/ru/my-data/"),
)
LANGUAGES = ("az", "en", "ru")
SERVICES = ("cybersecurity", "hr", "customs", "software-development")
TOKEN = re.compile(r'name="token" value="([^"]+)"')
REFERENCE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")
# As long as a person takes at least; faster ones are taken for machines.
TYPING_SECONDS = 3.2
# Between two pages, so that so many visitors are people and not a flood.
READING_SECONDS = (0.2, 1.5)


@dataclass
class Seen:
    """What the visitors got: seconds by status, what was acknowledged, what went wrong."""

    times: dict[int, list[float]] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refused_at: list[float] = field(default_factory=list)

    def note(self, status: int, seconds: float) -> None:
        self.times.setdefault(status, []).append(seconds)
        if status == 503:
            self.refused_at.append(time.monotonic())


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str


class Visitor:
    """One visitor; connects anew when the server has closed the connection."""

    def __init__(self, port: int, number: int, seen: Seen) -> None:
        self.port, self.number, self.seen = port, number, seen
        self.chance = random.Random(number)  # noqa: S311 - no secret
        self.pipe: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.sent = 0

    async def stay(self, until: float) -> None:
        """Look around and send forms until the time is over; what was begun is ended."""
        while time.monotonic() < until:
            try:
                if self.chance.random() < 0.15:
                    await self.send_form(until)
                else:
                    await self.ask("GET", self.chance.choice(PAGES))
            except (OSError, asyncio.IncompleteReadError) as problem:
                self.seen.faults.append(f"{type(problem).__name__}: {problem}")
                self.pipe = None
            await asyncio.sleep(self.chance.uniform(*READING_SECONDS))
        if self.pipe:
            self.pipe[1].close()

    async def send_form(self, until: float) -> None:
        """Open the form, fill it in, send it, and read the number that it was given."""
        path = f"/{self.chance.choice(LANGUAGES)}/free-consultation/"
        page = await self.ask("GET", path)
        token = TOKEN.search(page.text)
        if page.status != 200 or token is None or time.monotonic() + TYPING_SECONDS > until:
            return
        await asyncio.sleep(TYPING_SECONDS)
        self.sent += 1
        fields = {
            "name": f"Visitor {self.number}",
            "email": f"load{self.number}-{self.sent}@example.com",
            "company": "",
            "service": self.chance.choice(SERVICES),
            "project": "A short project.",
            "website": "",
            "token": token[1],
        }
        answer = await self.ask("POST", path, urlencode(fields))
        if answer.status == 303:
            await self.read_acknowledgement(answer.location)

    async def read_acknowledgement(self, location: str) -> None:
        """A 303 is the acknowledgement; its page may have to be asked for again."""
        for _ in range(30):
            page = await self.ask("GET", location)
            if page.status == 200:
                found = REFERENCE.search(page.text)
                self.seen.acknowledged.append(found[0] if found else "none")
                return
            await asyncio.sleep(1)
        self.seen.acknowledged.append("never shown")

    async def ask(self, method: str, path: str, body: str = "") -> Answer:
        """One request; its time is noted."""
        begun = time.monotonic()
        reader, writer = self.pipe = self.pipe or await self._connect()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        if body:
            head += "Content-Type: application/x-www-form-urlencoded\r\n"
            head += f"Content-Length: {len(body)}\r\n"
        writer.write(f"{head}\r\n{body}".encode())
        await writer.drain()
        answer = await _read(reader)
        self.seen.note(answer.status, time.monotonic() - begun)
        return answer

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines[1:])
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(lines[0].split(" ")[1]), headers.get("location", ""), body.decode())
