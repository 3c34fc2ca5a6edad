from django.urls import path, register_converter
from django.urls.converters import StringConverter

from policies import views


class PolicySlug(StringConverter):
    """The policies that have addresses; a contract, so they are named here."""

    regex = "privacy-policy|cookie-policy"


class VersionNumber(StringConverter):
    """See `policies.numbers`; nothing else is ever asked of the database."""

    regex = r"[0-9]+(?:[.-][0-9]+)*"


register_converter(PolicySlug, "policy")
register_converter(VersionNumber, "version")

app_name = "policies"
urlpatterns = [
    path("<policy:policy>/", views.current, name="current"),
    path("<policy:policy>/versions/", views.versions, name="versions"),
    path("<policy:policy>/<version:number>/", views.version, name="version"),
]
