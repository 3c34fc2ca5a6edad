"""The site's addresses and two views to compare with, behind the same middleware."""

import os

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from emsar.staff.models import KeyedCount
from emsar.urls import handler400, handler403, handler404, handler500
from emsar.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def empty(request: HttpRequest, size: int) -> HttpResponse:
    """Nothing but as many bytes as asked for."""
    return HttpResponse(b"x" * size)


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """One row through the ORM."""
    KeyedCount.objects.create(key=os.urandom(32), count=1, started_at=timezone.now())
    return HttpResponse(b"ok")


urlpatterns = [
    *i18n_patterns(path("bench/empty/<int:size>/", empty), path("bench/insert/", insert)),
    *site,
]
