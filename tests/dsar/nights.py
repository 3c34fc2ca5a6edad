"""Cases on their day, the night in which the machine acts, and what the officer is told."""

from datetime import UTC, date, datetime, timedelta

from dsar.models import Case
from emsar.entities.businessdays import BAKU
from emsar.outbox.models import OutboundMail
from tests.dsar.erasing import make_case, make_person

RECEIVED = datetime(2026, 12, 10, 8, tzinfo=UTC)
NIGHT = timedelta(hours=3, minutes=30)


def night_of(day: date) -> datetime:
    """03:30 in Baku."""
    return datetime.combine(day, datetime.min.time(), BAKU) + NIGHT


def someone(number: int = 0, **fields: object) -> Case:
    request = make_person(f"Kamran Vəliyev{number}", f"kamran{number}@example.com")
    return make_case(request, **{"received": RECEIVED, **fields})


def told(template: str) -> int:
    """How many reminders of a kind lie in the outbox."""
    words = {"due": ":1", "choice": ":choice:", "found": ":found:", "over": ":over:"}
    return OutboundMail.objects.filter(purpose="staff", key__contains=words[template]).count()
