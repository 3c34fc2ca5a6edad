"""What the MDN HTTP Observatory would give a page, by its published rules.

A site starts with 100 points. Penalties are taken off first; whoever still has 90 then gets the
bonuses. Names and points are those of the published table (November 2026).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import Morsel
from urllib.parse import urlsplit

BASELINE = 100
LEAST_FOR_BONUS = 90
SIX_MONTHS = 15_768_000

POINTS: Mapping[str, int] = {
    "csp-implemented-with-no-unsafe-default-src-none": 10,
    "csp-implemented-with-no-unsafe": 5,
    "csp-implemented-with-unsafe-inline-in-style-src-only": 0,
    "csp-implemented-with-insecure-scheme-in-passive-content-only": -10,
    "csp-implemented-with-unsafe-eval": -10,
    "csp-implemented-with-unsafe-inline": -20,
    "csp-implemented-with-insecure-scheme": -20,
    "csp-header-invalid": -25,
    "csp-not-implemented": -25,
    "cookies-secure-with-httponly-sessions-and-samesite": 5,
    "cookies-secure-with-httponly-sessions": 0,
    "cookies-not-found": 0,
    "cookies-without-secure-flag-but-protected-by-hsts": -5,
    "cookies-session-without-secure-flag-but-protected-by-hsts": -10,
    "cookies-without-secure-flag": -20,
    "cookies-samesite-flag-invalid": -20,
    "cookies-anticsrf-without-samesite-flag": -20,
    "cookies-session-without-httponly-flag": -30,
    "cookies-session-without-secure-flag": -40,
    "cross-origin-resource-sharing-not-implemented": 0,
    "cross-origin-resource-sharing-implemented-with-public-access": 0,
    "cross-origin-resource-sharing-implemented-with-restricted-access": 0,
    "cross-origin-resource-sharing-implemented-with-universal-access": -50,
    "redirection-to-https": 0,
    "redirection-off-host-from-http": -5,
    "redirection-not-to-https-on-initial-redirection": -10,
    "redirection-not-to-https": -20,
    "redirection-missing": -20,
    "referrer-policy-private": 5,
    "referrer-policy-not-implemented": 0,
    "referrer-policy-unsafe": -5,
    "referrer-policy-header-invalid": -5,
    "hsts-preloaded": 5,
    "hsts-implemented-max-age-at-least-six-months": 0,
    "hsts-implemented-max-age-less-than-six-months": -10,
    "hsts-not-implemented": -20,
    "hsts-header-invalid": -20,
    "sri-implemented-and-all-scripts-loaded-securely": 5,
    "sri-implemented-and-external-scripts-loaded-securely": 5,
    "sri-not-implemented-response-not-html": 0,
    "sri-not-implemented-but-no-scripts-loaded": 0,
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0,
    "sri-not-implemented-but-external-scripts-loaded-securely": -5,
    "sri-implemented-but-external-scripts-not-loaded-securely": -20,
    "sri-not-implemented-and-external-scripts-not-loaded-securely": -50,
    "x-content-type-options-nosniff": 0,
    "x-content-type-options-not-implemented": -5,
    "x-content-type-options-header-invalid": -5,
    "x-frame-options-implemented-via-csp": 5,
    "x-frame-options-sameorigin-or-deny": 0,
    "x-frame-options-allow-from-origin": 0,
    "x-frame-options-not-implemented": -20,
    "x-frame-options-header-invalid": -20,
    "cross-origin-resource-policy-implemented-with-same-origin": 10,
    "cross-origin-resource-policy-implemented-with-same-site": 10,
    "cross-origin-resource-policy-implemented-with-cross-origin": 0,
    "cross-origin-resource-policy-not-implemented": 0,
    "cross-origin-resource-policy-header-invalid": -5,
}

BROAD = frozenset(
    {"*", "ftp:", "http:", "https:"}
    | {f"{scheme}://{host}" for scheme in ("http", "https") for host in ("*", "*.*")}
)
INLINE = frozenset({"'unsafe-inline'", "data:"})
PASSIVE = ("img-src", "media-src")
PRIVATE = frozenset({"no-referrer", "same-origin", "strict-origin"})
PRIVATE |= {"strict-origin-when-cross-origin"}
UNSAFE = frozenset({"origin", "origin-when-cross-origin", "unsafe-url"})
UNSAFE |= {"no-referrer-when-downgrade"}

Directives = dict[str, set[str]]


@dataclass(frozen=True)
class Page:
    """An answer over HTTPS, and where plain HTTP leads: one address after the other."""

    host: str
    headers: Mapping[str, str]
    body: str = ""
    cookies: Sequence[Morsel[str]] = ()
    led: Sequence[str] = field(default_factory=tuple)

    def header(self, name: str) -> str:
        return self.headers.get(name, "").strip()


def score(page: Page) -> int:
    """The points of a page."""
    points = [POINTS[name] for name in results(page)]
    total = BASELINE + sum(number for number in points if number < 0)
    if total >= LEAST_FOR_BONUS:
        total += sum(number for number in points if number > 0)
    return max(total, 0)


def results(page: Page) -> list[str]:
    """One result a rule, by its published name."""
    rules = (csp, cookies, cors, redirection, referrer, hsts, sri, sniffing, framing, corp)
    return [rule(page) for rule in rules]


def directives(header: str) -> Directives:
    """The policy's sources; of a directive that stands twice the first counts."""
    found: Directives = {}
    for rule in header.lower().split(";"):
        name, *sources = rule.split() or [""]
        if name:
            found.setdefault(name, set(sources) or {"'none'"})
    return found


def csp(page: Page) -> str:
    rules = directives(page.header("Content-Security-Policy"))
    if not rules:
        return "csp-not-implemented"
    return f"csp-implemented-with-{next(_csp_faults(rules), _csp_virtue(rules))}"


def _csp_faults(rules: Directives) -> Iterator[str]:
    """What is wrong, the worst first, as the Observatory looks for it."""
    script, style, objects = (
        _sources(rules, f"{kind}-src") for kind in ("script", "style", "object")
    )
    active = {s for name, its in rules.items() if name not in PASSIVE for s in its}
    passive = {s for name in PASSIVE for s in rules.get(name, rules.get("default-src", set()))}
    if script & (BROAD | INLINE) or objects & BROAD:
        yield "unsafe-inline"
    if any(source.startswith(("http:", "ftp:")) for source in active):
        yield "insecure-scheme"
    if "'unsafe-eval'" in script | style:
        yield "unsafe-eval"
    if any(source.startswith(("http:", "ftp:")) for source in passive):
        yield "insecure-scheme-in-passive-content-only"
    if style & (BROAD | INLINE):
        yield "unsafe-inline-in-style-src-only"


def _csp_virtue(rules: Directives) -> str:
    forms = rules.get("form-action", {"*"})
    closed = rules.get("default-src") == {"'none'"} and not forms & BROAD
    return "no-unsafe-default-src-none" if closed else "no-unsafe"


def _sources(rules: Directives, name: str) -> set[str]:
    """What may be loaded; a nonce or a hash takes its force from 'unsafe-inline'."""
    found = rules.get(name, rules.get("default-src", {"*"}))
    if any(source.startswith(("'nonce-", "'sha")) for source in found):
        return found - {"'unsafe-inline'"}
    return found


def cookies(page: Page) -> str:
    if not page.cookies:
        return "cookies-not-found"
    protected = POINTS[hsts(page)] >= 0
    faults = [fault for one in page.cookies for fault in _cookie_faults(one, protected)]
    if faults:
        return min((f"cookies-{fault}" for fault in faults), key=POINTS.__getitem__)
    bound = all(cookie["samesite"] for cookie in page.cookies)
    return f"cookies-secure-with-httponly-sessions{'-and-samesite' if bound else ''}"


def _cookie_faults(cookie: Morsel[str], protected: bool) -> Iterator[str]:
    name, same_site = cookie.key.lower(), str(cookie["samesite"]).lower()
    is_session = "login" in name or "sess" in name
    saved = "-but-protected-by-hsts" if protected else ""
    if same_site not in {"", "lax", "strict", "none"} or (
        same_site == "none" and not cookie["secure"]
    ):
        yield "samesite-flag-invalid"
    if not cookie["secure"]:
        yield f"{'session-' if is_session else ''}without-secure-flag{saved}"
    if "csrf" in name and not same_site:
        yield "anticsrf-without-samesite-flag"
    if is_session and not cookie["httponly"]:
        yield "session-without-httponly-flag"


def cors(page: Page) -> str:
    """As far as it can be seen without asking from a foreign origin."""
    allowed = page.header("Access-Control-Allow-Origin")
    name = "cross-origin-resource-sharing"
    if not allowed:
        return f"{name}-not-implemented"
    if allowed == "*":
        return f"{name}-implemented-with-public-access"
    foreign = page.header("Access-Control-Allow-Credentials").lower() == "true"
    return f"{name}-implemented-with-{'universal' if foreign else 'restricted'}-access"


def redirection(page: Page) -> str:
    if not page.led:
        return "redirection-missing"
    first, last = urlsplit(page.led[0]), urlsplit(page.led[-1])
    if last.scheme != "https":
        return "redirection-not-to-https"
    if first.scheme != "https":
        return "redirection-not-to-https-on-initial-redirection"
    same = first.hostname == page.host
    return "redirection-to-https" if same else "redirection-off-host-from-http"


def referrer(page: Page) -> str:
    words = [word.strip().lower() for word in page.header("Referrer-Policy").split(",")]
    known = [word for word in words if word in PRIVATE | UNSAFE]
    if words == [""]:
        return "referrer-policy-not-implemented"
    if not known:
        return "referrer-policy-header-invalid"
    return f"referrer-policy-{'private' if known[-1] in PRIVATE else 'unsafe'}"


def hsts(page: Page) -> str:
    """Without the browsers' own list, which nobody here can look up."""
    told = page.header("Strict-Transport-Security")
    if not told:
        return "hsts-not-implemented"
    age = re.search(r"(?:^|;)\s*max-age\s*=\s*\"?([0-9]+)", told, re.IGNORECASE)
    if age is None:
        return "hsts-header-invalid"
    enough = int(age[1]) >= SIX_MONTHS
    return f"hsts-implemented-max-age-{'at-least' if enough else 'less-than'}-six-months"


class Scripts(HTMLParser):
    """The attributes of every script of a page."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append({name: value or "" for name, value in attrs})


def sri(page: Page) -> str:
    if not page.header("Content-Type").startswith(("text/html", "application/xhtml")):
        return "sri-not-implemented-response-not-html"
    scripts = Scripts(page.body).found
    if not scripts:
        return "sri-not-implemented-but-no-scripts-loaded"
    foreign = [one for one in scripts if _is_foreign(page, one.get("src", ""))]
    faults = [fault for one in foreign if (fault := _sri_fault(one))]
    if faults:
        return min(faults, key=POINTS.__getitem__)
    if foreign:
        return "sri-implemented-and-external-scripts-loaded-securely"
    if any(one.get("integrity") for one in scripts):
        return "sri-implemented-and-all-scripts-loaded-securely"
    return "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"


def _is_foreign(page: Page, source: str) -> bool:
    if source.startswith("//"):
        return True
    host = urlsplit(source).hostname
    return host is not None and not f".{host}".endswith(f".{page.host}")


def _sri_fault(script: Mapping[str, str]) -> str:
    secure = script["src"].startswith("https:")
    if script.get("integrity"):
        return "" if secure else "sri-implemented-but-external-scripts-not-loaded-securely"
    if secure:
        return "sri-not-implemented-but-external-scripts-loaded-securely"
    return "sri-not-implemented-and-external-scripts-not-loaded-securely"


def sniffing(page: Page) -> str:
    told = page.header("X-Content-Type-Options").lower()
    known = {"": "not-implemented", "nosniff": "nosniff"}
    return f"x-content-type-options-{known.get(told, 'header-invalid')}"


def framing(page: Page) -> str:
    if "frame-ancestors" in directives(page.header("Content-Security-Policy")):
        return "x-frame-options-implemented-via-csp"
    told = page.header("X-Frame-Options").lower()
    if told.startswith("allow-from"):
        return "x-frame-options-allow-from-origin"
    known = {
        "": "not-implemented",
        "deny": "sameorigin-or-deny",
        "sameorigin": "sameorigin-or-deny",
    }
    return f"x-frame-options-{known.get(told, 'header-invalid')}"


def corp(page: Page) -> str:
    told = page.header("Cross-Origin-Resource-Policy").lower()
    name = "cross-origin-resource-policy"
    if not told:
        return f"{name}-not-implemented"
    known = told in {"same-origin", "same-site", "cross-origin"}
    return f"{name}-implemented-with-{told}" if known else f"{name}-header-invalid"
