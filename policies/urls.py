from django.urls import path, register_converter
from django.urls.converters import StringConverter

from policies import views


class PolicySlug(StringConverter):
    """The policies that have addresses; a contract, so they are named here."""

    regex = "privacy-policy|cookie-policy"


register_converter(PolicySlug, "policy")

app_name = "policies"
urlpatterns = [
    path("<policy:policy>/", views.current, name="current"),
    path("<policy:policy>/versions/", views.versions, name="versions"),
    path("<policy:policy>/<str:number>/", views.version, name="version"),
]
