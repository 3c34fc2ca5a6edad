"""Computes every stored date anew from the terms in force; running it twice changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from policies.recomputing import recompute_all


class Command(BaseCommand):
    help = "Bring every stored date up to the terms in force; says how many rows changed."

    def handle(self, *args: Any, **options: Any) -> None:
        for room, rows in recompute_all().items():
            self.stdout.write(f"{room}: {rows} rows changed")
