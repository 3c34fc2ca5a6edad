"""The analytics tag: in the HTML of a measured page whose visitor agreed, and nowhere else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from consent.choice.answers import version_in_force
from consent.choice.cookie import State, choice, state_of
from consent.models import ConsentEvent
from emsar.site.measured import tag_sources

GOOGLE = "https://www.googletagmanager.com"
SCRIPT = f"{GOOGLE}/gtag/js"
# What Google asks for its tag, without advertising.
SOURCES: Mapping[str, Sequence[str]] = {
    "script-src": [GOOGLE],
    "connect-src": [
        GOOGLE,
        "https://*.google-analytics.com",
        "https://*.analytics.google.com",
    ],
    "img-src": [GOOGLE, "https://*.google-analytics.com"],
}
COOKIE_TERM = "analytics_cookie_lifetime"
DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Tag:
    """What the page hands to our script; ``cookie_seconds``: how long Google's cookies stay."""

    measurement_id: str
    script: str
    cookie_seconds: int


def sources(request: HttpRequest) -> Mapping[str, Sequence[str]] | None:
    """What the tag may load on this visitor's page; None without a consent to it."""
    agreed = ConsentEvent.Purpose.ANALYTICS in choice(request).purposes
    granted = state_of(request) is State.GRANTED and agreed
    return SOURCES if granted and settings.GA_MEASUREMENT_ID else None


def tag_of(request: HttpRequest) -> Tag | None:
    """The tag of a page, or None."""
    if tag_sources(request) is None:
        return None
    version = version_in_force()
    if version is None or COOKIE_TERM not in version.terms:
        return None
    key = settings.GA_MEASUREMENT_ID
    return Tag(key, f"{SCRIPT}?id={key}", _seconds(int(version.terms[COOKIE_TERM])))


def _seconds(months: int) -> int:
    """Never longer than so many months can be, whichever they are: a page is kept for days."""
    return max(months * 365 // 12 - 3, 1) * DAY_SECONDS
