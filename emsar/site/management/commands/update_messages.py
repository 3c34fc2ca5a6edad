"""Brings the catalogues up to date with the messages of the source."""

from typing import Any

from django.core.management.base import BaseCommand

from emsar.site.catalogue.extraction import template_catalogue
from emsar.site.catalogue.files import forms, languages, merged, write_catalogue


class Command(BaseCommand):
    help = "Extract the messages and merge them into locale/; obsolete entries are dropped."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        template = template_catalogue()
        for language in languages():
            catalogue = merged(language, template)
            changed = write_catalogue(language, catalogue)
            missing = sum(1 for entry in catalogue if entry.id and not all(forms(entry.string)))
            state = "updated" if changed else "unchanged"
            self.stdout.write(f"{language}: {len(catalogue)} messages, {missing} empty, {state}")
