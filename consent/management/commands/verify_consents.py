from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent.models import ConsentEvent
from consent.verification import verify_consents


class Command(BaseCommand):
    help = (
        "Verify every consent and withdrawal: the row, the words shown, and the seals over both; "
        "exit code 1 names each row that is not as it was written."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        problems = 0
        for problem in verify_consents():
            self.stderr.write(problem)
            problems += 1
        if problems:
            raise CommandError(f"{problems} problems found")
        count = ConsentEvent.objects.count()
        self.stdout.write(f"All {count} consents and withdrawals are as they were written.")
