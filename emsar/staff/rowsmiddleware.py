from collections.abc import Callable
from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from emsar.staff import rows


class StaffRowsMiddleware:
    """Handles what staff do in the admin in one transaction, about the rows that are theirs.

    What ends with a fault leaves nothing behind; a refusal keeps its audit event. An answer that
    is streamed is read after the transaction and has to open a scope of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(self.prefix) or not request.user.is_authenticated:
            return self.get_response(request)
        with rows.of_member(request.user):
            response = self.get_response(request)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
        return response
