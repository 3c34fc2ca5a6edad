"""The site's addresses with stand-ins for the rooms above it, which it must not import."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe

from emsar.site.finished import publish
from emsar.staff.same_origin import same_origin_post


@same_origin_post
def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"got {len(request.POST)} fields")


@require_safe
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return publish(HttpResponse(slug))


def broken(request: HttpRequest, kind: str) -> HttpResponse:
    raise {"bug": ValueError, "database": OperationalError, "away": PermissionError}[kind]("broken")


inbox = ([path("free-consultation/", form, name="form")], "inbox")
consent = ([path("cookies/", form, name="cookies")], "consent")
dsar = ([path("my-data/", form, name="form")], "dsar")
policies = ([path("<slug:slug>/policy/", policy, name="current")], "policies")

urlpatterns = [
    path("", include("emsar.site.urls_root")),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("", include(inbox)),
        path("", include(consent)),
        path("", include(policies)),
        path("", include(dsar)),
        path("broken/<str:kind>/", broken),
        path("", include("emsar.site.urls")),
        prefix_default_language=True,
    ),
]

handler400 = "emsar.site.errors.bad_request"
handler403 = "emsar.site.errors.permission_denied"
handler404 = "emsar.site.errors.not_found"
handler500 = "emsar.site.errors.server_error"
