"""Where acts are: ``admin:retention_act`` with a scope and its key."""

from django.urls import reverse

from emsar.staff.pages import register_page

NAME = "retention_act"
ROUTE = "retention/acts/<str:scope>/<str:key>/"


def open_acts() -> None:
    """Open the page in the admin."""
    from emsar.retention.acts.views import act_page

    register_page(NAME, ROUTE, act_page)


def act_url(scope: str, key: str) -> str:
    """The address of an act."""
    return reverse(f"admin:{NAME}", args=[scope, key])
