from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from emsar.entities import services
from emsar.entities.profile import ProfileError, read_profile


class Command(BaseCommand):
    help = "Fill the organisation's tables and its business calendar from a profile file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("profile", type=Path)

    def handle(self, *args: Any, profile: Path, **options: Any) -> None:
        try:
            facts = read_profile(profile)
            years = services.years_around(timezone.localdate())
            changes = services.load(facts, years=years)
        except ProfileError as error:
            raise CommandError(f"{profile} is refused, nothing was changed:\n{error}") from error
        self.stdout.write(changes.summary(facts.key))
