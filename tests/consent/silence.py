"""What a page must not do before its visitor agreed, read from a recorded visit."""

import re
from typing import Any

from playwright.sync_api import Page

from tests.recording.chromium import cookies
from tests.recording.record import Record

MAIN = "emsargroup.az"
HOSTS = (MAIN, "emsarsolutions.az", "emsarconsulting.az")
MEASUREMENT_ID = "G-TEST12345"
# Every public page, and addresses that answer with one of the others.
PATHS = (
    *("", "solutions/", "consulting/", "free-consultation/", "free-consultation/?service=tax"),
    *("privacy-policy/", "privacy-policy/1.0/", "privacy-policy/versions/", "cookie-policy/"),
    *("cookie-policy/versions/", "cookies/", "my-data/", "free-consultation/withdrawn/"),
    *("no/such/page/", "ivan-petrov-1985/", "privacy-policy/9.9/"),
)
GOOGLE = re.compile(r"google(?!\s+Analytics)[a-z-]*\.|gtag|doubleclick|G-TEST", re.IGNORECASE)
HINT = re.compile(r"<link[^>]+rel=[\"']?(?:preconnect|dns-prefetch|preload|prefetch|modulepreload)")
ACCEPT, REFUSE = ".choice [value=accept]", ".choice [value=refuse]"


def traces_of_google(record: Record) -> list[str]:
    """The answers of the site with an address of Google's in their HTML or their headers."""
    found = []
    for exchange in record.exchanges:
        response = exchange.response
        if response is None or exchange.request.host not in HOSTS:
            continue
        kind = response.header("content-type") or ""
        text = response.text if kind.startswith("text/html") else ""
        head = " ".join(f"{name}: {value}" for name, value in response.headers)
        if GOOGLE.search(text) or GOOGLE.search(head) or HINT.search(text):
            found.append(exchange.request.url)
    return found


def jar(page: Page) -> dict[str, set[str]]:
    """The names of the cookies by domain."""
    return {domain: set(found) for domain, found in cookies(page.context).items()}


def google_cookies(page: Page) -> list[str]:
    return sorted(cookie["name"] for cookie in page.context.cookies() if "_ga" in cookie["name"])


def complaints(page: Page) -> list[str]:
    """A list that fills with what the Content-Security-Policy refused on the page's documents."""
    found: list[str] = []
    page.context.expose_binding("refusedByPolicy", lambda _source, what: found.append(what))
    page.context.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " e => window.refusedByPolicy(`${e.effectiveDirective} ${e.blockedURI}`))"
    )
    return found


def kept(page: Page) -> dict[str, Any]:
    """The one cookie of the choice."""
    return next(c for c in page.context.cookies() if c["name"] == "cookie_choice")  # type: ignore[return-value]
