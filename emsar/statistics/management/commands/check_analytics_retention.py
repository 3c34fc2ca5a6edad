from typing import Any

from django.core.management.base import BaseCommand, CommandError

from emsar.statistics.control import check


class Command(BaseCommand):
    help = "Read how long Google Analytics keeps, and compare it with the policy in force."

    def handle(self, *args: Any, **options: Any) -> None:
        found = check()
        if found.is_red:
            raise CommandError(f"{found.code}: {', '.join(found.faults)}")
        self.stdout.write(found.code)
