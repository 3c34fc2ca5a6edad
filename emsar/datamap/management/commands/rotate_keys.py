from typing import Any

from django.core.management.base import BaseCommand

from emsar.datamap.fingerprints import register_keys
from emsar.datamap.rotation import encrypted_fields, rotate_column, rotate_lookup_keys


class Command(BaseCommand):
    help = (
        "Rewrite encrypted columns and look-up keys under the current keys. "
        "Put the new key first in FIELD_KEYS or LOOKUP_KEYS, keep the old one behind it, run this."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        register_keys()
        for name, rows in rotate_lookup_keys().items():
            self.stdout.write(f"look-up keys of {name}: {rows}")
        for column in encrypted_fields():
            self.stdout.write(f"{column.place}: {rotate_column(column)}")
