from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consent.models import ConsentEvent
from consent.verification import verify_consents
from emsar.audit.verification import verify_head


class Command(BaseCommand):
    help = (
        "Verify every consent and withdrawal: the row, the words shown, and the seals over both; "
        "exit code 1 names each row that is not as it was written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", metavar="NUMBER:DIGEST", help="a head that was mailed out")

    def handle(self, *args: Any, head: str | None = None, **options: Any) -> None:
        problems = 0
        for problem in chain(verify_consents(), verify_head(head) if head else ()):
            self.stderr.write(problem)
            problems += 1
        if problems:
            raise CommandError(f"{problems} problems found")
        count = ConsentEvent.objects.count()
        self.stdout.write(f"All {count} consents and withdrawals are as they were written.")
