"""Which language a visitor gets, and the address of the same page in another one."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

# What the switch shows; the same in every language, so never translated.
SHORT_NAMES = {"az": "AZ", "en": "EN", "ru": "RU"}


def codes() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def accepted_language(request: HttpRequest) -> str:
    """The best of our languages by Accept-Language, else the default; no cookie is looked at."""
    own = codes()
    for wanted, quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        code = wanted.partition("-")[0]
        if code in own and quality > 0:
            return code
    return str(settings.LANGUAGE_CODE)


def visitor_language(request: HttpRequest) -> str:
    """The language that a colleague has chosen, else that of the address, else of the browser.

    Error pages ask this themselves: an error may come before or after the middleware that sets
    the language, and the thread may still carry the one of an earlier visitor.
    """
    chosen: str | None = getattr(request, "staff_language", None)
    return chosen or language_of(request.path_info) or accepted_language(request)


def language_of(path: str) -> str | None:
    """Which of our languages an address names, however its letters are written; None for none."""
    code = path.removeprefix("/").partition("/")[0].lower()
    return code if path.startswith("/") and code in codes() else None


def path_in(language: str, path: str) -> str:
    """The same page in another language; the home page for what has no language in its path."""
    if language_of(path) is None:
        return f"/{language}/"
    return f"/{language}/{path.split('/', 2)[2] if path.count('/') > 1 else ''}"


def active_language() -> str:
    """The language being rendered, always one of ours."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return language if language in codes() else settings.LANGUAGE_CODE
