"""Consents in the admin: each event with its proof for the officer, and the numbers of all."""

from consent.admin import events, overviewpage, texts  # noqa: F401 - each registers its pages
from consent.admin.panel import consents_panel
from consent.admin.people import consents_of
from consent.undertaking.panel import own_row, undertaking_panel
from emsar.staff.ownrows import register_own_row
from emsar.staff.panels import register_panel
from emsar.staff.permissions import allow
from emsar.subjects.records import register_records

allow(("dpo",), "consent.consentevent", "view")
allow(("dpo", "auditor"), "consent.consenttext", "view")
# The page of the numbers belongs to no table; its right is named the same way.
allow(("dpo", "auditor"), "consent.overview", "view")
allow(("dpo", "administrator"), "consent.undertaking", "view")

register_panel(consents_panel)
register_panel(undertaking_panel)
register_own_row(own_row)
register_records(consents_of)
