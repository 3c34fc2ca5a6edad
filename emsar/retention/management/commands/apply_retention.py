"""Destroys by hand what the night's sweep would: with a progress line, or only counting."""

import sys
from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from emsar.datamap.rules import EvidenceRule, Governed, Rule, evidence_rules, governed, rules
from emsar.entities.businessdays import BAKU
from emsar.retention import persons
from emsar.retention.due import due_rows, held_rows, waiting_rows
from emsar.retention.evidence import months_query, months_to_go
from emsar.retention.models import Sweep
from emsar.retention.sweeps import SweepFailedError, sweep


class Command(BaseCommand):
    help = "Destroy what is past its last day; --simulate only counts and shows the queries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--simulate", action="store_true", help="only count, and show how")
        parser.add_argument("--rule", default="", help="this rule alone")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="last days up to this one (with --simulate)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["until"] and not 2000 <= options["until"].year <= 2200:
            raise CommandError("Give a day between the years 2000 and 2200.")
        chosen = self._chosen(options["rule"])
        if options["simulate"]:
            self._simulate(chosen, self._moment(options["until"]))
            if options["rule"] in {"", persons.RULE}:
                number = len(persons.alone(None))
                self.stdout.write(f"{persons.RULE} (S-5c): {number} to whom nothing points now")
        elif options["until"] and options["until"] >= timezone.localdate(None, BAKU):
            raise CommandError("Nothing is destroyed before its last day is over; use --simulate.")
        else:
            self._apply(options["rule"], chosen, options["until"])

    def _chosen(self, name: str) -> list[Governed]:
        every: list[Governed] = [*rules(), *evidence_rules()]
        if name == persons.RULE:
            return []
        try:
            return [governed(name)] if name else every
        except LookupError:
            known = ", ".join([*(each.name for each in every), persons.RULE])
            raise CommandError(f"There is no rule {name}. There are: {known}") from None

    def _moment(self, until: date | None) -> datetime:
        """The night after ``until``, in which what ended on that day goes."""
        if until is None:
            return timezone.now()
        return datetime.combine(until + timedelta(days=1), time(3), BAKU).astimezone(UTC)

    def _simulate(self, chosen: list[Governed], moment: datetime) -> None:
        for each in chosen:
            counts, query = self._foreseen(each, moment)
            self.stdout.write(f"{each.name} ({each.clause or '-'}): {counts}\n    {query}")

    def _foreseen(self, each: Governed, moment: datetime) -> tuple[str, object]:
        """What one rule would destroy, in words, and the query that finds it."""
        if isinstance(each, EvidenceRule):
            months = months_to_go(each, moment)
            query = months_query(each, moment).as_string(None)
            return f"{sum(months.values())} due in {len(months)} months", " ".join(query.split())
        due = due_rows(each, moment)
        kept = held_rows(each, moment).count(), waiting_rows(each, moment).count()
        return f"{due.count()} due, {kept[0]} held, {kept[1]} waiting", due.query

    def _apply(self, name: str, chosen: list[Governed], until: date | None) -> None:
        moment = self._moment(until) if until else None
        total = sum(_due(each, moment or timezone.now()) for each in chosen)
        done = 0

        def told(each: Governed, number: int) -> None:
            nonlocal done
            done += number
            if sys.stderr.isatty():
                self.stderr.write(
                    f"\r{bar(done, total)} {done}/{total} {each.name}\x1b[K", ending=""
                )

        try:
            run = sweep(Sweep.Kind.BY_HAND, only=name, now=moment, told=told)
        except SweepFailedError as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"destroyed: {run.records} (sweep {run.pk})")


def _due(each: Governed, moment: datetime) -> int:
    if isinstance(each, Rule):
        return due_rows(each, moment).count()
    return sum(months_to_go(each, moment).values())


def bar(done: int, total: int, width: int = 30) -> str:
    """How far it is; full when nothing was to be done."""
    filled = width if total <= 0 else min(width, done * width // total)
    return f"[{'#' * filled}{'.' * (width - filled)}]"
