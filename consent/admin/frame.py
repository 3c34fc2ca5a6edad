"""What the pages about consents have in common: a tab for each, to whoever may open it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from emsar.staff.tabs import Tab, permitted

OVERVIEW = Tab("consent_overview", _("Overview"), "consent.view_overview")
EVENTS = Tab("consent_consentevent_changelist", _("Events"), "consent.view_consentevent")
TEXTS = Tab("consent_consenttext_changelist", _("Texts"), "consent.view_consenttext")
TABS = (OVERVIEW, EVENTS, TEXTS)


def tabs(request: HttpRequest, tab: Tab) -> dict[str, Any]:
    """The tabs above a list, for its context."""
    return {"tabs": permitted(TABS, request.user), "tab": tab}
