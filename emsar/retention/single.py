"""One record destroyed on a decision instead of by its day: certified like everything that goes."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from emsar.datamap.rules import Trigger, rule
from emsar.retention.dependants import delete_rows
from emsar.retention.ledger import enter
from emsar.retention.models import DestructionLine, Sweep


@transaction.atomic
def destroy_one(name: str, key: Any, trigger: Trigger) -> DestructionLine:
    """Destroy a record of a rule with what goes along; its line of destruction.

    The caller has locked the record, decided, and writes the audit event. What a backup brings
    back is forgotten again, as after a sweep.
    """
    governing, now = rule(name), timezone.now()
    run = Sweep.objects.create(kind=Sweep.Kind.BY_HAND, ended_at=now, records=1)
    line = DestructionLine(
        sweep=run.pk,
        rule=governing.name,
        clause=governing.clause,
        trigger=trigger,
        records=1,
        counts=delete_rows(governing.model, [key]),
    )
    line.save()
    enter(line, [key], [])
    return line
