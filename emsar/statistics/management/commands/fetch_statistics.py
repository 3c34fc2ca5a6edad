from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from emsar.statistics.fetching import DayRefusedError, NotConnectedError, fetch_day, fetch_now
from emsar.statistics.models import Outcome


class Command(BaseCommand):
    help = "Fetch what is due of Google's daily aggregates now, or one day (again)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="this day alone: 2026-11-22")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = fetch_day(options["day"]) if options["day"] else fetch_now()
        except NotConnectedError:
            self.stdout.write("not connected: GA_PROPERTY_ID and GA_CREDENTIALS_FILE are not set")
            return
        except DayRefusedError:
            raise CommandError("That day is not over yet, or its term is.") from None
        if outcome is None:
            raise CommandError("Another run is under way.")
        if outcome != Outcome.OK:
            raise CommandError(f"stopped: {outcome}")
        self.stdout.write("fetched")
