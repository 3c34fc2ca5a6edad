"""The two roles that the application runs as: they own nothing and hold only what they need."""

from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from psycopg import sql

from emsar.audit.evidence import EvidenceRow
from emsar.audit.models import Seal
from emsar.datamap.models import KeyFingerprint

ROLES = ("emsar_web", "emsar_worker")
# The migration history and the key register are the owner's to write; Django's own log, groups
# and rights are not used.
READ_ONLY_TABLES = (
    "django_migrations",
    "django_admin_log",
    "django_content_type",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    KeyFingerprint._meta.db_table,
)


def missing_roles() -> list[str]:
    """The roles that this server does not have yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
        present = {name for (name,) in cursor.fetchall()}
    return [role for role in ROLES if role not in present]


def may_create_roles() -> bool:
    """Whether the owner's login may create roles here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        return bool(cursor.fetchone()[0])


def password_of(role: str) -> str:
    """The password that the role's own address carries; empty when none is given."""
    return unquote(urlsplit(settings.DATABASE_ROLE_URLS.get(role, "")).password or "")


def define_role(role: str, *, new: bool) -> sql.Composed:
    """The statement that creates a role, or brings its password up to that of its address."""
    password = password_of(role)
    # Only a superuser may say anything about NOSUPERUSER afterwards.
    verb = "CREATE ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE" if new else "ALTER ROLE {}"
    secret = sql.SQL(" PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
    return sql.SQL(verb + " LOGIN{}").format(sql.Identifier(role), secret)


def grants() -> list[sql.Composed]:
    """The statements that give both roles their rights, and take any other."""
    # Servers before PostgreSQL 15 let everybody create tables.
    statements = [sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC").format()]
    for role in map(sql.Identifier, ROLES):
        statements += [
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(_database(), role),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
            *(_grant(rights, table, role) for table, rights in _rights().items()),
        ]
    return statements


def _database() -> sql.Identifier:
    return sql.Identifier(str(connection.settings_dict["NAME"]))


def _grant(rights: str, table: str, role: sql.Identifier) -> sql.Composed:
    return sql.SQL("GRANT {} ON {} TO {}").format(
        sql.SQL(rights),  # one of three words below
        sql.Identifier(table),
        role,
    )


def _rights() -> dict[str, str]:
    rights = {model._meta.db_table: _rights_on(model) for model in _tables()}
    return rights | dict.fromkeys(READ_ONLY_TABLES, "SELECT")


def _tables() -> list[type[models.Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]


def _rights_on(model: type[models.Model]) -> str:
    if issubclass(model, EvidenceRow | Seal):
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE, DELETE"
