"""Holds the certificates of destruction against the ledger, the orders and the sweeps."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from emsar.retention import certificates
from emsar.retention.acts.content import NoActError


class Command(BaseCommand):
    help = "Verify the certificates of destruction; exit code 1 names what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", default="", metavar="2026-11", help="this month alone")

    def handle(self, *args: Any, month: str = "", **options: Any) -> None:
        try:
            faults = list(certificates.verify(month))
            number = certificates.number_of_lines(month)
        except NoActError as problem:
            raise CommandError(str(problem)) from None
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} problems found")
        self.stdout.write(f"{number} lines of destruction are in order.")
