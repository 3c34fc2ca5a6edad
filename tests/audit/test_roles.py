"""The two roles that the application runs as: what they may do, and what nobody lets them."""

from io import StringIO

import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from emsar.audit import roles
from emsar.audit.evidence import evidence_models
from emsar.audit.models import Seal
from emsar.audit.roles import READ_ONLY_TABLES
from tests.connections import ROLES, as_role

pytestmark = pytest.mark.django_db

EVIDENCE = {model._meta.db_table for model in [*evidence_models(), Seal]}
EVERY_RIGHT = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def rows(sql: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def tables() -> list[str]:
    return sorted(connection.introspection.table_names())


def rights(role: str) -> dict[str, set[str]]:
    """The rights of a role on each table, whichever way it got them."""
    found = rows(
        "SELECT name, verb FROM unnest(%s::text[]) AS name, unnest(%s::text[]) AS verb"
        " WHERE has_table_privilege(%s, quote_ident(name), verb)",
        tables(),
        list(EVERY_RIGHT),
        role,
    )
    return {name: {verb for table, verb in found if table == name} for name in tables()}


def expected(table: str) -> set[str]:
    if table in EVIDENCE:
        return {"SELECT", "INSERT"}
    if table in READ_ONLY_TABLES:
        return {"SELECT"}
    return {"SELECT", "INSERT", "UPDATE", "DELETE"}


@pytest.mark.parametrize("role", ROLES)
def test_role_has_exactly_the_rights_it_needs_on_each_table(role) -> None:
    assert rights(role) == {table: expected(table) for table in tables()}


@pytest.mark.parametrize("role", ROLES)
def test_role_is_an_ordinary_login_that_owns_nothing(role) -> None:
    flags = "rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
    assert rows(f"SELECT {flags} FROM pg_roles WHERE rolname = %s", role) == [
        (True, False, False, False, False, False)
    ]
    for catalogue, owner in (
        *(("pg_class", "relowner"), ("pg_proc", "proowner"), ("pg_type", "typowner")),
        *(("pg_namespace", "nspowner"), ("pg_database", "datdba")),
    ):
        owned = rows(f"SELECT oid FROM {catalogue} WHERE pg_get_userbyid({owner}) = %s", role)
        assert owned == [], catalogue


@pytest.mark.parametrize("role", ROLES)
def test_role_is_a_member_of_no_other(role) -> None:
    member = "SELECT roleid FROM pg_auth_members WHERE pg_get_userbyid(member) = %s"
    assert rows(member, role) == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TRIGGER mine BEFORE UPDATE ON staff_user EXECUTE FUNCTION evidence_append_only()",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER USER",
        "DROP TABLE audit_auditevent",
        "DROP TRIGGER append_only_rows ON audit_auditevent",
        "CREATE OR REPLACE FUNCTION evidence_append_only() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        "DELETE FROM django_migrations",
        "UPDATE datamap_keyfingerprint SET fingerprint = 'x'",
        "INSERT INTO datamap_keyfingerprint (ring, kid, fingerprint, registered_at)"
        " VALUES ('FIELD_KEYS', 'mine', 'x', now())",
        "INSERT INTO django_admin_log (object_repr) VALUES ('x')",
        "SET ROLE emsar_owner",
        "SET session_replication_role = replica",
        "CREATE ROLE mine",
    ],
)
def test_role_may_not(role, statement) -> None:
    with as_role(role) as session, pytest.raises(psycopg.Error) as caught:
        session.execute(statement)
    # 42501: not permitted; 22023: a role of that name is unknown here.
    assert caught.value.sqlstate in {"42501", "22023"}, caught.value


@pytest.mark.parametrize("role", ROLES)
def test_role_does_its_daily_work(role) -> None:
    with as_role(role) as session:
        session.execute(
            "INSERT INTO staff_keyedcount (key, count, started_at) VALUES ('x', 1, now())"
        )
        session.execute("UPDATE staff_keyedcount SET count = 2")
        session.execute("DELETE FROM staff_keyedcount")
        number = session.execute("SELECT nextval('audit_auditevent_id_seq')").fetchone()[0]
        assert number > 0
        assert session.execute("SELECT count(*) FROM django_migrations").fetchone()[0] > 0


def set_up() -> str:
    told = StringIO()
    call_command("setup_roles", stdout=told)
    return told.getvalue()


def test_set_up_again_changes_nothing() -> None:
    before = {role: rights(role) for role in ROLES}
    assert set_up() == "0 roles created, rights given\n"
    assert {role: rights(role) for role in ROLES} == before


def test_set_up_takes_away_what_was_granted_beside_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE, DELETE, TRUNCATE ON audit_auditevent TO emsar_web")
        cursor.execute("GRANT ALL ON django_migrations TO emsar_worker")
    set_up()
    assert rights("emsar_web")["audit_auditevent"] == {"SELECT", "INSERT"}
    assert rights("emsar_worker")["django_migrations"] == {"SELECT"}


def test_set_up_survives_another_one_that_is_faster(monkeypatch) -> None:
    """Roles belong to the server: two databases may be set up on it at the same moment."""
    answers = [["emsar_web"], [], []]
    monkeypatch.setattr(roles, "missing_roles", lambda: answers.pop(0))
    told = set_up().splitlines()
    assert told == [
        "emsar_web was left as it is (ProgrammingError)",
        "1 roles created, rights given",
    ]


def test_set_up_by_a_login_that_may_not_create_roles_says_what_to_run(monkeypatch) -> None:
    monkeypatch.setattr(roles, "ROLES", ("emsar_web", "emsar_nobody"))
    told = StringIO()
    with connection.cursor() as cursor:
        # Rolled back with the test.
        cursor.execute("GRANT emsar_web TO CURRENT_USER WITH SET TRUE")
        cursor.execute("SET LOCAL ROLE emsar_web")
    with pytest.raises(CommandError, match="This login may not create roles"):
        call_command("setup_roles", stdout=told)
    assert told.getvalue() == "CREATE ROLE emsar_nobody LOGIN PASSWORD '…';\n"


def test_roles_definition_carries_the_password_of_the_address(settings) -> None:
    settings.DATABASE_ROLE_URLS = {"emsar_web": "postgres://emsar_web:p%27%40s@/run/x/emsar"}
    web = roles.define_role("emsar_web", new=True).as_string(None)
    attributes = "NOSUPERUSER NOCREATEDB NOCREATEROLE LOGIN"
    assert web == f"CREATE ROLE \"emsar_web\" {attributes} PASSWORD 'p''@s'"
    again = roles.define_role("emsar_web", new=False).as_string(None)
    assert again == "ALTER ROLE \"emsar_web\" LOGIN PASSWORD 'p''@s'"
    worker = roles.define_role("emsar_worker", new=False).as_string(None)
    assert worker == 'ALTER ROLE "emsar_worker" LOGIN'


def test_every_table_of_ours_is_covered() -> None:
    """A table outside the models would have no rights at all."""
    models = {m._meta.db_table for m in apps.get_models(include_auto_created=True)}
    assert set(tables()) - models == {"django_migrations"}
