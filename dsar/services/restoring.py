"""After a restore and its replay: cases that came back without the person they were about."""

from django.db import transaction

from dsar.models import Case, Outcome, Status
from dsar.models.cases import RUNNING
from dsar.models.kinds import ERASING_KINDS
from dsar.services.transitions import complete, lock
from emsar.audit import record


def close_without_file() -> int:
    """End running cases whose file the replay took with the person; how many.

    They were answered before the database was lost, and there is nobody left to answer. One that
    was carried out here waits for its residual scan and ends by itself.
    """
    rows = Case.objects.running().filter(file__isnull=True).exclude(status=Status.EXECUTED)
    return sum(_close(case) for case in rows.order_by("received_at", "pk"))


@transaction.atomic
def _close(case: Case) -> bool:
    found = lock(case)
    if found.status not in RUNNING:
        return False
    outcome = Outcome.FULFILLED if found.kind in ERASING_KINDS else Outcome.NOTHING_HELD
    complete(found, outcome, event="erased", actor=None, allowed=RUNNING)
    record("case.erased", actor=None, subject=found.subject, obj=found)
    return True
