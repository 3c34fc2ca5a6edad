"""Google as a page knows it: a tag that it can load, and a place where the tag sends its hits.

What the real tag adds for advertising, and the pings without cookies that it sends while storage
is denied, is left out. So a page that loads the tag without a grant is found by the request for
the tag itself (``loads``), never by a hit that is missing.
"""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.recording.proxy import Answer, Proxy
from tests.recording.record import Record, Request

TAG_HOST = "www.googletagmanager.com"
COLLECT_HOST = "region1.google-analytics.com"
HOSTS = frozenset({TAG_HOST, COLLECT_HOST})
SCRIPT = Path(__file__).with_name("gtag.js")


class Mode(StrEnum):
    """How hard the tag's cookies are to get rid of, while its page is open."""

    PLAIN = "plain"  # written once
    STUBBORN = "stubborn"  # written every 200 ms, whatever becomes of the consent
    PARTING = "parting"  # that, and once more when the page goes: after the next one's headers


def install(proxy: Proxy, mode: Mode = Mode.PLAIN) -> None:
    """Let the proxy answer for Google; a second call changes the mode of what is loaded next."""
    proxy.stub(TAG_HOST, partial(_tag, mode))
    proxy.stub(COLLECT_HOST, _collect)


def uninstall(proxy: Proxy) -> None:
    """Let Google be a stranger again, which is refused."""
    for host in HOSTS:
        proxy.unstub(host)


def loads(record: Record) -> list[str]:
    """The measurement id of each time that a page loaded the tag."""
    return [seen.request.query.get("id", "") for seen in record.to(TAG_HOST)]


def hits(record: Record) -> list[dict[str, str]]:
    """The fields of each hit: ``tid``, ``dl`` (address), ``dt`` (title), ``dr`` (referrer), …"""
    return [seen.request.query for seen in record.to(COLLECT_HOST, "/g/collect")]


def commands(page: Page) -> list[list[Any]]:
    """The commands that the tag took, in their order; empty when there is no tag."""
    found: list[list[Any]] = page.evaluate("window.googleSeen?.commands ?? []")
    return found


def _tag(mode: Mode, request: Request) -> Answer:
    if urlsplit(request.path).path != "/gtag/js" or not request.query.get("id"):
        return 404, [], b""
    headers = [
        ("Content-Type", "application/javascript; charset=UTF-8"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
        # The real one may be kept for 15 minutes; here each page that loads it is to be seen.
        ("Cache-Control", "no-store"),
    ]
    return 200, headers, SCRIPT.read_text().replace("@MODE@", mode).encode()


def _collect(request: Request) -> Answer:
    origin = request.headers.get("origin", "*")
    headers = [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Cache-Control", "no-store"),
    ]
    return 204, headers, b""
