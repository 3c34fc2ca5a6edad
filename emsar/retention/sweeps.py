"""Runs over the rules: batch after batch until nothing is due, or time is out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone

from emsar.audit.sealing import beat
from emsar.datamap.rules import EvidenceRule, Governed, Rule, evidence_rules, governed, rules
from emsar.retention import orders
from emsar.retention.batches import SIZE, destroy_batch
from emsar.retention.evidence import forget_evidence
from emsar.retention.models import Sweep
from emsar.retention.persons import forget_left_alone

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
    chosen: Sequence[Governed] = [governed(only)] if only else [*rules(), *evidence_rules()]
    for each in chosen:
        run.attempt(each.name, partial(run.carry_out, each))
    if not only:
        run.attempt("persons", lambda: forget_left_alone(run.record))
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
        except (DatabaseError, LookupError) as problem:
            self.failed = f"{name}: {type(problem).__name__}"[:60]
            # After a restart of the server the next step gets a connection of its own.
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()

    def carry_out(self, each: Governed) -> None:
        """Batch after batch of one rule; evidence goes a month at a time."""
        if isinstance(each, EvidenceRule):
            self._tell(each, forget_evidence(self.record, each, self.now))
        else:
            self._batches(each)

    def _batches(self, each: Rule) -> None:
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


def recent_failure(within: timedelta) -> Sweep | None:
    """The last run, if it failed or was cut off."""
    last = Sweep.objects.exclude(kind=Sweep.Kind.CASE).order_by("-started_at").first()
    if last is None:
        return None
    cut_off = last.ended_at is None and timezone.now() - last.started_at > within
    return last if last.error or cut_off else None
