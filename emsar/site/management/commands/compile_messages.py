"""Compiles the catalogues for Django, without GNU gettext."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.reloader import translation_file_changed

from emsar.site.catalogue.checks import broken_entries
from emsar.site.catalogue.files import compile_catalogue, is_compiled, languages


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/django.po; refuses wrong placeholders."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = [language for language in languages() if not is_compiled(language)]
        faults = [fault for language in waiting for fault in broken_entries(language)]
        if faults:
            raise CommandError("\n".join(map(str, faults)))
        for language in waiting:
            # The commands after this one may run in the same process, under the words it loaded.
            translation_file_changed(None, compile_catalogue(language))
        self.stdout.write(f"compiled: {', '.join(waiting) or 'nothing to do'}")
