from typing import Any

from django.core.management.base import BaseCommand, CommandError

from emsar.audit.models import Seal
from emsar.audit.verification import verify_all


class Command(BaseCommand):
    help = "Verify every row of evidence and the chain of seals; exit code 1 names what is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = verify_all()
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problems found")
        last = Seal.objects.order_by("-id").first()
        head = f"{last.pk} {bytes(last.digest).hex()}" if last else "none yet"
        self.stdout.write(f"All evidence is as it was written. Head of the chain: {head}")
