"""What each role may do with the models of the kernel's lower rooms."""

from emsar.staff.permissions import allow

allow(("administrator",), "staff.user", "view", "add", "change")
allow(("dpo", "auditor"), "audit.auditevent", "view")
allow(("dpo", "auditor"), "audit.seal", "view")
allow(("dpo", "administrator"), "entities.calendarday", "view", "add", "change", "delete")
allow(("dpo", "administrator"), "entities.recipient", "view", "add", "change")
for _model in (
    "organisation",
    "legalentity",
    "mailbox",
    "service",
    "authority",
    "legalreference",
    "cookieentry",
    "scheduleterm",
):
    allow(("dpo", "administrator", "auditor", "entity_staff"), f"entities.{_model}", "view")
