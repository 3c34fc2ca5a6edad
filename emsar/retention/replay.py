"""After a restore: what the ledger outside says was erased is erased again.

Each entry is one transaction, so a replay that was cut off is simply started again. A legal hold
that came back with the backup keeps what it names: the entry says that it was released since, but
only the officer releases it. Whatever stays for a reason is told, never passed over.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.utils import timezone

from emsar.audit import record
from emsar.datamap.rules import Trigger, rules
from emsar.retention import ledger, persons, restored
from emsar.retention.dependants import Counts, delete_rows
from emsar.retention.models import DestructionLine, LedgerEntry, Sweep
from emsar.retention.orders import order_copies
from emsar.retention.persons import forget_alone

_SETTLERS: list[Callable[[], object]] = []


def register_settler(settle: Callable[[], object]) -> None:
    """A higher room says what it puts in order once all is erased again."""
    if settle not in _SETTLERS:
        _SETTLERS.append(settle)


def settle() -> None:
    """Let every room look at what lost its person."""
    for one in _SETTLERS:
        one()


@dataclass
class Outcome:
    """What an entry came to: what was erased again, and how much was gone already."""

    uid: UUID
    at: datetime
    rule: str
    records: list[UUID] = field(default_factory=list)
    persons: list[UUID] = field(default_factory=list)
    gone: int = 0


class Replay:
    """One run over a ledger; ``told`` hears of every entry, ``broken`` of what is wrong.

    ``shipped`` says that the lines come from the place of the ledger itself, so that they need
    not be shipped to it again. ``simulate`` changes and locks nothing.
    """

    def __init__(
        self,
        told: Callable[[Outcome], None],
        broken: Callable[[str], None],
        *,
        shipped: bool = True,
        simulate: bool = False,
    ) -> None:
        self.told, self.broken = told, broken
        self.shipped, self.simulate = shipped, simulate
        self.run = Sweep(kind=Sweep.Kind.REPLAY)
        self.problems: set[str] = set()
        self.held: set[UUID] = set()
        # Entries with a person whom something still keeps: it may go with a later entry.
        self.later: list[tuple[LedgerEntry, list[UUID]]] = []
        # In a simulation nothing goes, so what would have gone is noted here.
        self.foreseen: set[UUID] = set()

    def over(self, lines: Iterable[bytes]) -> int:
        """Replay every entry; how many problems were told."""
        for entry in _once(ledger.read(lines, self._problem)):
            self._carry_out(entry)
        waiting, self.later = self.later, []
        for entry, _ in waiting:
            self._carry_out(entry, again=True)
        for _, left in self.later:
            self._tell_kept(left)
        if not self.simulate:
            settle()
        self._end()
        return len(self.problems)

    def _carry_out(self, entry: LedgerEntry, *, again: bool = False) -> None:
        try:
            outcome = self._look_at(entry) if self.simulate else self._erase(entry)
        except DatabaseError as problem:
            self._problem(f"entry {entry.uid} could not be replayed: {type(problem).__name__}")
            return
        if outcome.persons or not again:
            self.told(outcome)

    def _look_at(self, entry: LedgerEntry) -> Outcome:
        outcome = Outcome(entry.uid, entry.at, entry.rule)
        for table in restored.governing(entry):
            held = self._held(table, entry)
            found = restored.found(table, entry.records)
            outcome.records += [number for number in found if number not in held | self.foreseen]
        self.foreseen.update(outcome.records)
        there = restored.present(entry.subjects)
        keepers, held = restored.keepers(there), restored.held_persons(there)
        free = [person for person in there if not keepers.get(person, set()) - self.foreseen]
        outcome.persons = [person for person in free if person not in held]
        self._look_back(entry, outcome, there)
        return outcome

    @transaction.atomic(durable=True)
    def _erase(self, entry: LedgerEntry) -> Outcome:
        restored.lock_replay()
        outcome, line = Outcome(entry.uid, entry.at, entry.rule), _line(entry)
        tables = restored.governing(entry)
        held = {number for table in tables for number in self._held(table, entry)}
        if not held and not restored.knows(entry):
            line.uid = entry.line
        keys = [number for number in entry.records if number not in held]
        for table in tables:
            outcome.records += restored.found(table, keys, lock=True)
            _add(line.counts, {"outbox.mailcopy": _order(table, keys, line.uid)})
            _add(line.counts, delete_rows(table[0].model, keys))
        there = restored.present(entry.subjects)
        outcome.persons, counts = forget_alone(there)
        _add(line.counts, counts)
        self._look_back(entry, outcome, there)
        if len(outcome.persons) < len(there) and entry.rule == persons.RULE:
            line.uid = uuid4()
        self._note(line, entry, outcome)
        return outcome

    def _held(self, table: restored.RulesOfTable, entry: LedgerEntry) -> set[UUID]:
        held = restored.held(table, entry.records)
        self.held |= held
        for number in held:
            self._problem(f"record {number} is still there: a legal hold keeps it")
        return held

    def _look_back(self, entry: LedgerEntry, outcome: Outcome, there: list[UUID]) -> None:
        """How much was gone already, and whom a later entry may still set free."""
        left = [person for person in there if person not in outcome.persons]
        if left:
            self.later.append((entry, left))
        named = {*entry.records, *entry.subjects}
        outcome.gone = len(named - {*there, *outcome.records} - self.held)

    def _note(self, line: DestructionLine, entry: LedgerEntry, outcome: Outcome) -> None:
        """Write down what was done.

        When all of an entry is gone, its row comes back as it was, and the line stands for the one
        that the backup did not have: it names as many records, and counts the rows of this run.
        What else was erased has a line and an entry of its own.
        """
        if line.uid == entry.line:
            by_person = entry.rule == persons.RULE
            line.records = len(entry.subjects if by_person else entry.records)
            restored.take_in(entry, shipped=self.shipped)
            self._save(line, entry)
        elif line.counts:
            line.rule = entry.rule if outcome.records else persons.RULE
            line.records = len(outcome.records or outcome.persons)
            self._save(line, entry)
            ledger.enter(line, outcome.records, outcome.persons)

    def _save(self, line: DestructionLine, entry: LedgerEntry) -> None:
        defaults = {"kind": self.run.kind, "started_at": self.run.started_at}
        Sweep.objects.get_or_create(pk=self.run.pk, defaults=defaults)
        line.sweep = self.run.pk
        line.save()
        detail: dict[str, str | int] = {"entry": str(entry.uid), "records": line.records}
        record("retention.replay", actor=None, obj=line, detail=detail)

    def _end(self) -> None:
        """Close the run; there is none when there was nothing to do."""
        lines = DestructionLine.objects.filter(sweep=self.run.pk)
        done = lines.aggregate(all=Sum("records"))["all"] or 0
        error = f"replay: {len(self.problems)} problems" if self.problems else ""
        mine = Sweep.objects.filter(pk=self.run.pk)
        mine.update(ended_at=timezone.now(), records=done, error=error)

    def _tell_kept(self, left: Sequence[UUID]) -> None:
        keepers, held = restored.keepers(left), restored.held_persons(left)
        for person in left:
            rows = sorted(str(key) for key in keepers.get(person, set()) - self.foreseen)
            reason = "somebody was working with it; run this again"
            if rows:
                reason = f"the ledger does not name what points to it ({', '.join(rows)})"
            if person in held:
                reason = "a legal hold keeps it"
            self._problem(f"person {person} is still there: {reason}")

    def _problem(self, text: str) -> None:
        if text not in self.problems:
            self.problems.add(text)
            self.broken(text)


def _once(entries: Iterable[LedgerEntry]) -> Iterator[LedgerEntry]:
    """Each entry once: a kill between writing and noting it writes a line twice."""
    seen: set[UUID] = set()
    for entry in entries:
        if entry.uid not in seen:
            seen.add(entry.uid)
            yield entry


def _order(table: restored.RulesOfTable, keys: Sequence[UUID], line: UUID) -> int:
    """Orders for the copies, those of persons who are blocked here for the officer alone (E-8h)."""
    hidden = set(keys) if table[0].officer_only else restored.blocked(table, keys)
    open_ones = [key for key in keys if key not in hidden]
    return order_copies(open_ones, line) + order_copies([*hidden], line, is_restricted=True)


def _line(entry: LedgerEntry) -> DestructionLine:
    known = {rule.name: rule for rule in rules()}.get(entry.rule)
    return DestructionLine(
        rule=entry.rule,
        clause=known.clause if known else "",
        trigger=known.trigger if known else Trigger.PURPOSE,
    )


def _add(counts: Counts, more: Counts) -> None:
    for label, number in more.items():
        if number:
            counts[label] = counts.get(label, 0) + number
