"""The organisation, its registers and its business calendar, as rows."""

from emsar.entities.models.bases import Localized, localized
from emsar.entities.models.calendarday import CalendarDay
from emsar.entities.models.organisation import LegalEntity, Mailbox, Organisation, Service
from emsar.entities.models.publication import PublicationCounter
from emsar.entities.models.register import Authority, LegalReference, Recipient
from emsar.entities.models.terms import CookieEntry, ScheduleTerm

__all__ = [
    "Authority",
    "CalendarDay",
    "CookieEntry",
    "LegalEntity",
    "LegalReference",
    "Localized",
    "Mailbox",
    "Organisation",
    "PublicationCounter",
    "Recipient",
    "ScheduleTerm",
    "Service",
    "localized",
]
