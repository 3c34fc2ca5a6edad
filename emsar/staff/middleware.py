from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation


class StaffLanguageMiddleware:
    """Shows the admin in the language of the person who is logged in.

    Public pages take theirs from the address and must not touch the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(self.prefix) or not request.user.is_authenticated:
            return self.get_response(request)
        # Asked now: after a logout the request belongs to nobody.
        language = request.user.language
        with translation.override(language):
            request.LANGUAGE_CODE = language
            request.staff_language = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        return response
