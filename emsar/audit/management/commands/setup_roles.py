from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

from emsar.audit import roles


class Command(BaseCommand):
    help = "Create the roles of web and worker if need be and give them their rights."

    def handle(self, *args: Any, **options: Any) -> None:
        missing = roles.missing_roles()
        if roles.may_create_roles():
            for role in roles.ROLES:
                self._define(role, new=role in missing)
        elif missing:
            self._say_how(missing)
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in roles.grants():
                cursor.execute(statement)
        self.stdout.write(f"{len(missing)} roles created, rights given")

    def _define(self, role: str, *, new: bool) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(roles.define_role(role, new=new))
        except DatabaseError as problem:
            # Roles are the whole server's: another database's set-up may be faster, or the role
            # may be somebody else's. Only a role that is not there at all stops the set-up.
            if role in roles.missing_roles():
                raise
            self.stdout.write(f"{role} was left as it is ({type(problem).__name__})")

    def _say_how(self, missing: list[str]) -> None:
        for role in missing:
            self.stdout.write(f"CREATE ROLE {role} LOGIN PASSWORD '…';")
        raise CommandError(
            "This login may not create roles. Run the statements above as a login that may, "
            "with the passwords of DATABASE_URL_WEB and DATABASE_URL_WORKER, and start again."
        )
