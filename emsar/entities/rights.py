"""The registers are loaded by the owner; the web writes what the admin owns, the worker reads.

Rows leave by ``active`` or ``kind``, never by deletion.
"""

from emsar.audit.roles import narrow
from emsar.entities.models import (
    Authority,
    CalendarDay,
    CookieEntry,
    LegalEntity,
    LegalReference,
    Mailbox,
    Organisation,
    PublicationCounter,
    Recipient,
    ScheduleTerm,
    Service,
)

LOADED = (
    *(Organisation, LegalEntity, Mailbox, Service, Authority, LegalReference),
    *(CookieEntry, ScheduleTerm),
)

for _loaded in LOADED:
    narrow(_loaded, web="SELECT", worker="SELECT")
# Saving either of the first two changes the counter, and so does publishing a policy.
for _edited in (CalendarDay, Recipient, PublicationCounter):
    narrow(_edited, web="SELECT, INSERT, UPDATE", worker="SELECT")
