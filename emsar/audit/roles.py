"""The two roles that the application runs as: they own nothing and hold only what they need.

Each room says in its module ``rights`` what web and worker need on its tables; a table that no
room speaks of can be written by both, evidence only added to.
"""

from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from psycopg import sql

from emsar.audit import functions, rows
from emsar.audit.evidence import EvidenceRow
from emsar.audit.models import Seal
from emsar.datamap.models import KeyFingerprint

WEB, WORKER = ROLES = ("emsar_web", "emsar_worker")
EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")
ADDING = ("SELECT", "INSERT")
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


_Rights = tuple[str, ...]
_NARROWED: dict[type[models.Model], dict[str, _Rights]] = {}


def narrow(model: type[models.Model], *, web: str, worker: str) -> None:
    """Say which rights the roles need on a model's table: "SELECT, INSERT", as SQL lists them.

    A row that is locked, if only for a moment, needs UPDATE. Raises ValueError for what is no
    right on a row, and for more than may be done with evidence.
    """
    given = {WEB: _parsed(web), WORKER: _parsed(worker)}
    for rights in given.values():
        if not set(rights) <= set(_most(model)):
            raise ValueError(f"{model._meta.label}: {', '.join(rights)} is more than there is")
    _NARROWED[model] = given


def _parsed(rights: str) -> _Rights:
    return tuple(right.strip() for right in rights.split(","))


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
    """The statements that give both roles their rights and rows, and take any other."""
    # Servers before PostgreSQL 15 let everybody create tables.
    statements = [sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC").format()]
    for name in ROLES:
        role = sql.Identifier(name)
        statements += [
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(_database(), role),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
            *(_grant(rights, table, role) for table, rights in rights_of(name).items()),
        ]
    return statements + functions.definitions(ROLES) + rows.walls(WEB, WORKER)


def rights_of(role: str) -> dict[str, _Rights]:
    """What a role may do with each table, by the table's name."""
    rights = {model._meta.db_table: _rights_on(model, role) for model in _tables()}
    return rights | dict.fromkeys(READ_ONLY_TABLES, ("SELECT",))


def _database() -> sql.Identifier:
    return sql.Identifier(str(connection.settings_dict["NAME"]))


def _grant(rights: _Rights, table: str, role: sql.Identifier) -> sql.Composed:
    # None of the rights is anybody's text: `narrow` refuses all but four words.
    verbs = sql.SQL(", ").join([sql.SQL(right) for right in rights])
    return sql.SQL("GRANT {} ON {} TO {}").format(verbs, sql.Identifier(table), role)


def _tables() -> list[type[models.Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.managed]


def _rights_on(model: type[models.Model], role: str) -> _Rights:
    return _NARROWED[model][role] if model in _NARROWED else _most(model)


def _most(model: type[models.Model]) -> _Rights:
    """What may be done at all: evidence is only added to."""
    return ADDING if issubclass(model, EvidenceRow | Seal) else EVERYTHING
