"""The public addresses; they are a contract with everybody who linked to us."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("emsar.site.urls_root")),
    path("", include("consent.urls_root")),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("", include("requests_inbox.urls")),
        path("", include("consent.urls")),
        path("", include("policies.urls")),
        path("", include("dsar.urls")),
        path("", include("emsar.site.urls")),
        prefix_default_language=True,
    ),
]

handler400 = "emsar.site.errors.bad_request"
handler403 = "emsar.site.errors.permission_denied"
handler404 = "emsar.site.errors.not_found"
handler500 = "emsar.site.errors.server_error"
