"""What every public page carries of the choice about cookies: question, tag, way back."""

from typing import Any

from django import template
from django.db import DatabaseError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from consent.choice.cookie import State, choice, name, names_consent, sends_gpc, state_of
from consent.choice.tag import tag_of
from consent.choice.tokens import token_of
from consent.notices import (
    COOKIE_CHOICE,
    Notice,
    NoticeUnavailableError,
    asks_for_cookies,
    latest,
    notice,
)
from emsar.site.languages import active_language
from emsar.site.logs import masked

register = template.Library()

ADMIN = "/admin/"
SETTINGS = "consent:cookies"


@register.inclusion_tag("consent/banner.html", takes_context=True)
def cookie_banner(context: template.Context) -> dict[str, Any]:
    """The question, until it is answered. Not after a form was sent: what was typed would go."""
    request = context.get("request")
    words = _shown_before(request) if context.get("is_error") else _question(request)
    if words is None:
        return {}
    # Made by our own renderer from a document without HTML.
    sentence = mark_safe(words.sentence)  # nosec B308 B703
    shown = {"asks": True, "sentence": sentence, "token": token_of(words)}
    return shown | {"path": _way_back(request)} | _beside(str(context.get("form_id", "")))


def _beside(form: str) -> dict[str, Any]:
    """Attributes that let the buttons send the page's own form along; none without one."""
    if not form:
        return {}
    owner = format_html(' form="{}"', form)
    address = reverse("consent:cookies")
    return {
        "owner": owner,
        "sends": format_html('{} formaction="{}" formnovalidate', owner, address),
    }


def _question(request: Any) -> Notice | None:
    if request is None or request.method not in {"GET", "HEAD"} or _is_elsewhere(request):
        return None
    if sends_gpc(request) or state_of(request) is not State.UNDECIDED:
        return None
    if request.resolver_match is not None and request.resolver_match.view_name == SETTINGS:
        # The page itself asks.
        return None
    try:
        return notice(COOKIE_CHOICE, active_language()) if asks_for_cookies() else None
    except (DatabaseError, NoticeUnavailableError):
        # What cannot be recorded is not asked for, and without an answer nothing is granted.
        return None


def _shown_before(request: Any) -> Notice | None:
    """For a page that must not ask the database, and a visitor without any choice of ours."""
    if request.method != "GET" or _is_elsewhere(request) or sends_gpc(request):
        return None
    return None if name() in request.COOKIES else latest(COOKIE_CHOICE, active_language())


@register.inclusion_tag("consent/tag.html", takes_context=True)
def analytics_tag(context: template.Context) -> dict[str, Any]:
    """Google's script and ours, on a measured page of somebody who agreed."""
    request = context.get("request")
    # The address of an error page may have been written by anybody.
    if request is None or context.get("is_error"):
        return {}
    return {"tag": tag_of(request)}


@register.inclusion_tag("consent/footer.html", takes_context=True)
def cookie_footer(context: template.Context) -> dict[str, Any]:
    """The way to the settings on every page, and out of a consent with one button (E-8g)."""
    request = context.get("request")
    if request is None or _is_elsewhere(request):
        return {}
    # Also under the signal: it stops the tag, and ends no consent.
    agreed = names_consent(request) if context.get("is_error") else _has_agreed(request)
    return {"shown": True, "granted": agreed, "path": _way_back(request)}


def _has_agreed(request: Any) -> bool:
    return choice(request).state is State.GRANTED


def _way_back(request: Any) -> str:
    """Where the answer leads; not to an address with a mailed link's token, which stays there."""
    return "" if masked(request.path) != request.path else str(request.get_full_path())


def _is_elsewhere(request: Any) -> bool:
    """The admin shows this frame on its error pages alone, to staff."""
    return bool(request.path.startswith(ADMIN))
