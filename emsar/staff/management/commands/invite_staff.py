from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from emsar.audit import record
from emsar.entities.models import LegalEntity
from emsar.staff.access import approving
from emsar.staff.access.changing import reset_factor, tell_officers
from emsar.staff.access.inviting import invite
from emsar.staff.login import canonical
from emsar.staff.models import Role, User

WHY = "command line"
OFFICER_DECIDES = (
    "a data protection officer can log in and decides about other officers: ask in the "
    "administration, under Staff"
)


class Command(BaseCommand):
    help = (
        "Create a login and print the link of its invitation, which is mailed as well: the first "
        "administrator and the first data protection officer are made so. With --again: reset the "
        "second factor of a login that exists, for the only officer or administrator who lost it. "
        "Refused for an officer while another one can log in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values)
        parser.add_argument("--company", help="the company's short name, for company staff")
        parser.add_argument("--email")
        parser.add_argument("--language", default="az")
        parser.add_argument("--again", action="store_true")

    @transaction.atomic
    def handle(self, *args: Any, username: str, again: bool, **options: Any) -> None:
        username = canonical(username)
        user = _known(username) if again else _create(username, options)
        if user.is_dpo and approving.deciders(user).exists():
            raise CommandError(OFFICER_DECIDES)
        record("staff.command_line", actor=None, obj=user, detail={"role": user.role})
        self.stdout.write(_reset(user) if again else _invited(user))


def _invited(user: User) -> str:
    tell_officers("console", user)
    return invite(user, actor=None)


def _reset(user: User) -> str:
    return reset_factor(user, actor=None, reason=WHY)


def _known(username: str) -> User:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"there is no login {username} that could be reset")
    return user


def _create(username: str, options: dict[str, Any]) -> User:
    if User.objects.filter(username=username).exists():
        raise CommandError(f"{username} exists; --again resets its second factor")
    if not options["role"] or not options["email"]:
        raise CommandError("--role and --email are needed")
    company = LegalEntity.objects.filter(pk=options["company"]).first()
    fields = {"role": options["role"], "email": options["email"], "entity": company}
    try:
        return User.objects.create_user(username, language=options["language"], **fields)
    except ValidationError as problem:
        raise CommandError("; ".join(problem.messages)) from None
