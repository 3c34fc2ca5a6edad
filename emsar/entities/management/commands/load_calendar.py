from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from emsar.entities import services


class Command(BaseCommand):
    help = "Add the missing days of the business calendar; days that are there stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--year",
            type=int,
            action="append",
            dest="years",
            help="a year to fill (may be repeated); last year to the year after next if left out",
        )

    def handle(self, *args: Any, years: list[int] | None, **options: Any) -> None:
        wanted = years or list(services.years_around(timezone.localdate()))
        changes = services.fill_calendar(settings.PROFILE, wanted)
        self.stdout.write(changes.summary("calendar"))
