"""The session of a person on the pages of their requests: one signed cookie, nothing stored.

It is strictly necessary and stands in the cookie policy (E-10b). It holds the person's random
number, ends with the browser, and after half an hour without a click. Before a link was used no
page of ours sets it.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from emsar.subjects.models import DataSubject

COOKIE = "case_session"
SALT = "dsar.case_session"
# A technical limit, as for any page that shows personal data on somebody's screen.
IDLE = timedelta(minutes=30)


def start(response: HttpResponse, person: UUID) -> None:
    """Let the browser come back as this person, for half an hour from now."""
    response.set_cookie(
        COOKIE,
        signing.dumps(str(person), salt=SALT),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def person_of(request: HttpRequest) -> DataSubject | None:
    """Who comes back; None for a cookie that is missing, forged or old, or for nobody any more."""
    try:
        key = UUID(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=IDLE))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    return DataSubject.objects.filter(pk=key).first()


def end(response: HttpResponse) -> None:
    """Forget who it was."""
    response.delete_cookie(COOKIE, samesite="Lax")
