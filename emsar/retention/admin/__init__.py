"""Retention in the admin: what is kept for how long, what leaves, what is held, what is proved."""

from emsar.retention.admin import (  # noqa: F401 - each registers its own pages
    holds,
    leaving,
    orders,
    overview,
    reviews,
    sweeps,
)
from emsar.retention.panels import orders_panel, reminders_panel, retention_panel
from emsar.staff.panels import register_panel
from emsar.staff.permissions import allow

# The page of the rules and that of what leaves soon belong to no table; their rights are named
# the same way.
allow(("dpo", "auditor"), "retention.rule", "view")
allow(("dpo", "entity_staff"), "retention.leaving", "view")
allow(("dpo",), "retention.legalhold", "view", "add", "change")
allow(("dpo",), "retention.clearance", "add")
allow(("dpo", "entity_staff"), "retention.deletionorder", "view", "change")
allow(("dpo", "auditor"), "retention.necessityreview", "view")
allow(("dpo",), "retention.necessityreview", "add")
allow(("dpo", "auditor", "administrator"), "retention.sweep", "view")
allow(("dpo", "auditor"), "retention.destructionline", "view")

for _panel in (retention_panel, orders_panel, reminders_panel):
    register_panel(_panel)
