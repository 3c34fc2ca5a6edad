"""What was asked of the officers and cannot be granted any more, because things stand otherwise."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from emsar.audit import record
from emsar.staff.models import Approval, User


def waiting() -> QuerySet[Approval]:
    """What no officer has answered yet, the oldest first."""
    found = Approval.objects.filter(decided_at__isnull=True, void_at__isnull=True)
    return found.order_by("asked_at")


def void(user: User, *, actor: UUID | None) -> int:
    """End what waits about somebody, and what they asked for; how many.

    An officer who agreed to it later would grant something else than was asked: the login has
    another role, address or factor by then, or whoever asked has left.
    """
    return _end(waiting().filter(Q(user=user) | Q(asked_by=user)), actor)


def take_back(user: User, *, actor: UUID) -> int:
    """An administrator no longer wants what was asked about somebody; how many."""
    return _end(waiting().filter(user=user), actor)


def _end(found: QuerySet[Approval], actor: UUID | None) -> int:
    ended = list(found.select_for_update(of=("self",)))
    for asked in ended:
        asked.void_at = timezone.now()
        asked.save(update_fields=["void_at"])
        record("staff.void_approval", actor=actor, obj=asked, detail={"kind": asked.kind})
    return len(ended)
