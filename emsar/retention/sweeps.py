"""Runs over the rules: batch after batch until nothing is due, or time is out."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from emsar.audit.sealing import beat
from emsar.datamap.rules import EvidenceRule, Governed, Rule, evidence_rules, governed, rules
from emsar.retention import orders, persons
from emsar.retention.batches import SIZE, destroy_batch
from emsar.retention.due import missing_term
from emsar.retention.evidence import forget_evidence
from emsar.retention.models import Sweep

logger = logging.getLogger(__name__)

JOB = "retention"
Told = Callable[[Governed, int], None]


@dataclass(frozen=True)
class Pace:
    """How a run goes: rows a batch, seconds in all (0: no limit), and how long it rests after a
    batch, as a multiple of what the batch took (0: not at all; 3: a quarter of the machine)."""

    size: int = SIZE
    seconds: float = 0
    rest: float = 0


class SweepFailedError(Exception):
    """A rule could not be carried out; the text is the rule and the kind of the error."""


def sweep(
    kind: str,
    *,
    only: str = "",
    now: datetime | None = None,
    pace: Pace | None = None,
    told: Told | None = None,
) -> Sweep:
    """Destroy all that is due, under every rule or ``only`` one; several may run at once.

    What is left when time is out is for the next run. A rule that fails does not keep the others
    from running; the failure stands in the sweep and is raised at the end as SweepFailedError.
    """
    run = _Run(Sweep.objects.create(kind=kind), now, pace or Pace(), told)
    every: Sequence[Governed] = [*rules(), *evidence_rules()]
    if only and only != persons.RULE:
        every = [governed(only)]
    for each in every if only != persons.RULE else ():
        run.attempt(each.name, partial(run.carry_out, each))
    if not only or only == persons.RULE:
        run.attempt(persons.RULE, lambda: persons.forget_left_alone(run.record))
    if not only:
        run.attempt("copies", orders.execute_open)
    return run.end(whole=not only)


class _Run:
    """One sweep under way."""

    def __init__(self, record: Sweep, now: datetime | None, pace: Pace, told: Told | None) -> None:
        self.record = record
        self.now = now
        self.pace = pace
        self.told = told
        self.deadline = time.monotonic() + pace.seconds if pace.seconds else None
        self.failed = ""

    def attempt(self, name: str, step: Callable[[], object]) -> None:
        """Do a step; if it fails the others are done all the same."""
        try:
            step()
        except Exception as problem:  # noqa: BLE001 - whatever it is, the other rules are due too
            self.failed = f"{name}: {type(problem).__name__}"[:60]
            logger.critical("the rule %s could not be carried out: %s", name, self.failed)
            # After a restart of the server the next step gets a connection of its own.
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()

    def carry_out(self, each: Governed) -> None:
        """Batch after batch of one rule; evidence goes a month at a time."""
        if isinstance(each, EvidenceRule):
            self._tell(each, forget_evidence(self.record, each, self.now, self.is_over))
        else:
            self._batches(each)

    def _batches(self, each: Rule) -> None:
        if problem := missing_term(each):
            raise LookupError(problem)
        done = self.pace.size
        while done == self.pace.size and not self.is_over():
            start = time.monotonic()
            # The clock is asked for each batch: midnight may pass meanwhile.
            done = destroy_batch(each, self.record, self.now or timezone.now(), self.pace.size)
            Sweep.objects.filter(pk=self.record.pk).update(records=F("records") + done)
            self._tell(each, done)
            time.sleep((time.monotonic() - start) * self.pace.rest)

    def _tell(self, each: Governed, done: int) -> None:
        if self.told and done:
            self.told(each, done)

    def is_over(self) -> bool:
        return self.deadline is not None and time.monotonic() >= self.deadline

    def end(self, *, whole: bool) -> Sweep:
        """Write down how it went; a run over all rules without a failure is a sign of life."""
        changes = {"ended_at": timezone.now(), "error": self.failed}
        Sweep.objects.filter(pk=self.record.pk).update(**changes)
        if self.failed:
            raise SweepFailedError(self.failed)
        if whole:
            beat(JOB)
        self.record.refresh_from_db()
        return self.record


def failures_since(beat: datetime | None, *, within: timedelta, now: datetime) -> QuerySet[Sweep]:
    """Runs that failed or were cut off, and after which none came whole to its end (``beat``).

    A run takes no longer than ``within``; a case has its own alarm.
    """
    cut_off = Q(ended_at__isnull=True, started_at__lt=now - within)
    runs = Sweep.objects.exclude(kind=Sweep.Kind.CASE).filter(~Q(error="") | cut_off)
    return runs.filter(started_at__gt=beat) if beat else runs
