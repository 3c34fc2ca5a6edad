"""A process under production's settings in which everything fails, known words in its hands.

It reads addresses from its input and tells the status and the page of each.
"""

import json
from urllib.parse import quote

import django

STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
COOKIES = ("__Host-admin_session", "__Host-case_session", "__Host-cookie_choice", "x")


def main() -> None:
    django.setup()
    import sentry_sdk
    from django.conf import settings

    from tests.canary.faulty_urls import ALL

    settings.STORAGES["staticfiles"]["BACKEND"] = STATIC
    settings.ROOT_URLCONF = "tests.canary.faulty_urls"
    found = dict(_asked(json.loads(input())))
    _worked()
    sentry_sdk.capture_message(ALL)
    sentry_sdk.flush(5)
    print(json.dumps(found))  # noqa: T201 - the answer


def _asked(addresses):
    """Each address posted to, as the proxy hands it on, with words in the body and beside it."""
    from tests.canary.words import AGENT, EMAIL, NAME, NETWORK, PHONE
    from tests.production import Proxied

    given = {"HTTP_USER_AGENT": AGENT, "HTTP_REFERER": f"https://x.example/{quote(NAME)}"}
    visitor = Proxied("emsargroup.az", raise_request_exception=False, **given)
    visitor.defaults |= {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_X_FORWARDED_FOR": NETWORK}
    for name in COOKIES:
        visitor.cookies[name] = quote(f"{EMAIL} {PHONE}")
    for address in addresses:
        answer = visitor.post(address, {"name": NAME, "email": EMAIL, "username": EMAIL})
        yield address, [answer.status_code, answer.text]


def _worked() -> None:
    """A task fails as well, whoever gave it such arguments."""
    from emsar.celery import app
    from tests.canary.faulty_urls import ALL

    @app.task(name="faulty")
    def task(who, more=""):
        raise ValueError(f"{who} {more}")

    task.apply(args=[ALL], kwargs={"more": ALL})
