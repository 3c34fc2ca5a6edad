"""Does by hand what the night does with the cases of which a day has come."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dsar.services import deadlines
from emsar.audit.sealing import beat


class Command(BaseCommand):
    help = "Carry out the cases of which the day has come; --simulate only counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--simulate", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = deadlines.run(simulate=options["simulate"])
        except deadlines.DeadlineMissedError as problem:
            raise CommandError(f"not carried out: {problem}; see the log") from None
        if not options["simulate"]:
            beat(deadlines.JOB)
        self.stdout.write(", ".join(f"{name}: {number}" for name, number in counts.items()))
