from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from emsar.audit.models import Seal
from emsar.audit.verification import verify_all, verify_head


class Command(BaseCommand):
    help = (
        "Verify every row of evidence, the chain of seals and the published texts; exit code 1 "
        "names what is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", metavar="NUMBER:DIGEST", help="a head that was mailed out")

    def handle(self, *args: Any, head: str | None = None, **options: Any) -> None:
        problems = verify_all()
        if head:
            problems += verify_head(head)
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problems found")
        last = Seal.objects.order_by("-id").first()
        found = f"{last.pk}:{bytes(last.digest).hex()}" if last else "none yet"
        self.stdout.write(f"All evidence is as it was written. Head of the chain: {found}")
