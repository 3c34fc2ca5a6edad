from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from emsar.audit import roles


class Command(BaseCommand):
    help = "Create the roles of web and worker if need be and give them their rights."

    def handle(self, *args: Any, **options: Any) -> None:
        missing = roles.missing_roles()
        if missing and not roles.may_create_roles():
            for role in missing:
                self.stdout.write(f"CREATE ROLE {role} LOGIN PASSWORD '…';")
            raise CommandError(
                "This login may not create roles. Run the statements above as a login that may, "
                "with the passwords of DATABASE_URL_WEB and DATABASE_URL_WORKER, and start again."
            )
        with transaction.atomic(), connection.cursor() as cursor:
            for role in missing:
                cursor.execute(roles.create_role(role))
            for statement in roles.grants():
                cursor.execute(statement)
        self.stdout.write(f"{len(missing)} roles created, rights given")
