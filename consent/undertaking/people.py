"""Who has accepted the undertaking, and who has not yet (E-9d)."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from consent.models import ConsentEvent
from consent.notices import STAFF_UNDERTAKING
from emsar.staff.models import User
from policies.versions import UNDERTAKING, answered_under


@dataclass(frozen=True)
class Colleague:
    """An active member of staff and the last acceptance; ``holds``: not asked again since."""

    user: User
    event: ConsentEvent | None
    holds: bool


def colleague(key: UUID | None) -> str:
    """A member of staff by login name, also one who left; the bare number of nobody known."""
    user = User.objects.filter(pk=key).first() if key else None
    return user.username if user else str(key)


def colleagues() -> list[Colleague]:
    """All active members of staff, those who have not accepted first."""
    staff = list(User.objects.filter(is_active=True).select_related("entity"))
    events = ConsentEvent.objects.filter(
        form=STAFF_UNDERTAKING, kind=ConsentEvent.Kind.GIVEN, subject__in=[row.pk for row in staff]
    )
    last = {event.subject: event for event in events.order_by("id")}
    holding = answered_under(UNDERTAKING)
    found = [_colleague(user, last.get(user.pk), holding) for user in staff]
    return sorted(found, key=lambda row: (row.holds, row.user.username))


def _colleague(user: User, event: ConsentEvent | None, holding: frozenset[str]) -> Colleague:
    return Colleague(user, event, event is not None and event.version in holding)


def language_name(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))
