"""Fails while a text of the site is not there in all three languages (S-0g)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from emsar.site.catalogue.checks import all_faults
from emsar.site.catalogue.extraction import template_catalogue


class Command(BaseCommand):
    help = "List every message that is missing, fuzzy, untranslated or obsolete; writes nothing."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        template = template_catalogue()
        faults = all_faults(template)
        if faults:
            raise CommandError("\n".join([*map(str, faults), f"{len(faults)} faults"]))
        self.stdout.write(f"{len(template)} messages, complete")
