"""Consents in the admin: each event with its proof for the officer, and the numbers of all."""

from consent.admin import events, overviewpage, texts  # noqa: F401 - each registers its pages
from consent.admin.panel import consents_panel
from consent.admin.people import consents_of
from emsar.staff.panels import register_panel
from emsar.staff.permissions import allow
from emsar.subjects.records import register_records

allow(("dpo",), "consent.consentevent", "view")
allow(("dpo", "auditor"), "consent.consenttext", "view")
# The page of the numbers belongs to no table; its right is named the same way.
allow(("dpo", "auditor"), "consent.overview", "view")

register_panel(consents_panel)
register_records(consents_of)
