from typing import Any

from django.core.management.base import BaseCommand

from emsar.audit.sealing import seal


class Command(BaseCommand):
    help = "Chain the evidence that has settled since the last seal."

    def handle(self, *args: Any, **options: Any) -> None:
        link = seal()
        self.stdout.write(f"sealed: {link}" if link else "nothing to seal")
