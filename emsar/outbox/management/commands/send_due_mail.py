from typing import Any

from django.core.management.base import BaseCommand

from emsar.outbox.sending import send_due


class Command(BaseCommand):
    help = "Send the mails that are due; what the worker does every few seconds."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{send_due()} mails sent")
