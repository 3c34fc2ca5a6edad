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

from emsar.site.cookies import cookie_name, is_prefixed
from emsar.subjects.models import DataSubject

# Its own name; `name` says what it is called here.
COOKIE = "case_session"
SALT = "dsar.case_session"
# A technical limit, as for any page that shows personal data on somebody's screen.
IDLE = timedelta(minutes=30)


def name() -> str:
    """What the cookie is called: with a prefix over HTTPS, where the bare name is not believed."""
    return cookie_name(COOKIE)


def start(response: HttpResponse, person: UUID) -> None:
    """Let the browser come back as this person, for half an hour from now."""
    response.set_cookie(
        name(),
        signing.dumps(str(person), salt=SALT),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE or is_prefixed(COOKIE),
        samesite="Lax",
    )


def person_of(request: HttpRequest) -> DataSubject | None:
    """Who comes back; None for a cookie that is missing, forged or old, or for nobody any more."""
    try:
        key = UUID(signing.loads(request.COOKIES.get(name(), ""), salt=SALT, max_age=IDLE))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    return DataSubject.objects.filter(pk=key).first()


def end(response: HttpResponse) -> None:
    """Forget who it was."""
    response.delete_cookie(name(), samesite="Lax")
