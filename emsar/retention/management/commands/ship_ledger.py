"""Ships what waits in the erasure ledger: before each backup, or when its place is back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from emsar.retention import ledger


class Command(BaseCommand):
    help = "Ship the erasure ledger out of the database; exit code 1 when something is left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--prune",
            action="store_true",
            help="then take out what no backup can bring back any more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"shipped: {ledger.ship_waiting()}")
        left = ledger.waiting().count()
        if left:
            raise CommandError(f"{left} entries could not be shipped. Is LEDGER_URL reached?")
        if options["prune"]:
            self.stdout.write(f"taken out: {self._prune()}")

    def _prune(self) -> int:
        try:
            return ledger.prune()
        except OSError as problem:
            raise CommandError(f"Nothing was taken out: {ledger.words(problem)}") from None
