import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from emsar.entities.models import LegalEntity
from emsar.staff.access.factors import factor_of, new_secret
from emsar.staff.models import Role, TotpDevice, User


class Command(BaseCommand):
    help = (
        "Create one login a company, one for the DPO and one administrator, for development. "
        "Passwords and second factors are random; those already in FILE stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", type=Path, required=True, dest="file")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        content = json.loads(file.read_text("utf-8")) if file.exists() else {}
        known = {login["username"]: login for login in content.get("logins", [])}
        content["logins"] = [self._login(*who, known) for who in _demo_staff()]
        file.touch(mode=0o600)
        file.write_text(json.dumps(content, indent=2, ensure_ascii=False), "utf-8")
        self.stdout.write(f"{len(content['logins'])} development logins")

    def _login(
        self, username: str, role: Role, entity: LegalEntity | None, known: dict[str, Any]
    ) -> dict[str, str]:
        user = User.objects.filter(username=username).first()
        password = known.get(username, {}).get("password", "")
        if user is None:
            email = f"{username}@{settings.PROFILE.main_host}"
            user = User(username=username, role=role, entity=entity, email=email, language="en")
        if not password or not user.check_password(password):
            password = secrets.token_urlsafe(12)
            user.set_password(password)
            user.save()
        return {
            "role": role,
            "username": username,
            "password": password,
            "totp_secret": _second_factor(user, known.get(username, {}).get("totp_secret")),
        }


def _second_factor(user: User, known: str | None) -> str:
    """The secret for an authenticator app; the same one again while it is valid."""
    device = factor_of(user)
    if device is not None and device.secret == known:
        return str(known)
    TotpDevice.objects.filter(user=user).delete()
    secret = new_secret()
    TotpDevice.objects.create(user=user, secret=secret, confirmed=True)
    return secret


def _demo_staff() -> list[tuple[str, Role, LegalEntity | None]]:
    companies = LegalEntity.objects.order_by("pk")
    return [
        *((entity.slug, Role.ENTITY_STAFF, entity) for entity in companies),
        ("dpo", Role.DPO, None),
        ("admin", Role.ADMINISTRATOR, None),
    ]
