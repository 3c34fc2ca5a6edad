from typing import Any

from django.core.management.base import BaseCommand

from emsar.datamap.fingerprints import register_keys


class Command(BaseCommand):
    help = "Note the keys of this environment, so that a process with a wrong one refuses to start."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{register_keys()} new keys registered")
