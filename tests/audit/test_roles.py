"""The two roles that the application runs as: what they may do, and what nobody lets them."""

from io import StringIO

import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from emsar.audit import roles
from emsar.audit.models import AuditEvent, Heartbeat
from emsar.audit.roles import READ_ONLY_TABLES, WEB, WORKER, narrow
from tests.connections import ROLES, as_role

pytestmark = pytest.mark.django_db

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


LETTERS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}
# What web and worker may do with the rows of each table. A new table: say in the module ``rights``
# of its app what either needs, and write it down here.
NEEDED = {
    "audit_auditevent": ("SI", "SI"),
    "audit_heartbeat": ("S", "SIU"),
    "audit_seal": ("S", "SI"),
    "consent_consentevent": ("SI", "SI"),
    "consent_consenttext": ("SI", "S"),
    "consent_refusalcount": ("SIU", "S"),
    "statistics_fetch": ("S", "SIUD"),
    "statistics_figure": ("S", "SID"),
    "statistics_retentionreading": ("S", "SIUD"),
    "statistics_snapshot": ("S", "SIUD"),
    "django_session": ("SIUD", "SUD"),
    "dsar_case": ("SIUD", "SIUD"),
    "dsar_caseevent": ("SI", "SID"),
    "dsar_casefile": ("SIUD", "SIUD"),
    "dsar_casemessage": ("SIUD", "SIUD"),
    "dsar_caserecord": ("SIUD", "SIUD"),
    "dsar_disclosure": ("SI", "S"),
    "dsar_intake": ("SI", "SUD"),
    "dsar_proposal": ("SIUD", "SIUD"),
    "dsar_release": ("SIUD", "SIUD"),
    "dsar_residualtrace": ("SIUD", "SIUD"),
    "dsar_telling": ("SIUD", "SIUD"),
    "entities_authority": ("S", "S"),
    "entities_calendarday": ("SIU", "S"),
    "entities_cookieentry": ("S", "S"),
    "entities_legalentity": ("S", "S"),
    "entities_legalreference": ("S", "S"),
    "entities_mailbox": ("S", "S"),
    "entities_organisation": ("S", "S"),
    "entities_publicationcounter": ("SIU", "S"),
    "entities_recipient": ("SIU", "S"),
    "entities_scheduleterm": ("S", "S"),
    "entities_service": ("S", "S"),
    "outbox_mailcopy": ("SD", "SID"),
    "outbox_outboundmail": ("SIUD", "SIUD"),
    "policies_policy": ("SU", "S"),
    "policies_policypublication": ("SI", "S"),
    "policies_policytext": ("SIUD", "S"),
    "policies_policyversion": ("SIU", "S"),
    "requests_inbox_accountingdocument": ("SIUD", "SUD"),
    "requests_inbox_consultationrequest": ("SIUD", "SUD"),
    "requests_inbox_historyentry": ("SID", "SID"),
    "requests_inbox_message": ("SIUD", "SUD"),
    "requests_inbox_transfer": ("SI", "S"),
    "retention_clearance": ("SIUD", "SD"),
    "retention_deletionorder": ("SIU", "SIUD"),
    "retention_destructionline": ("SI", "SI"),
    "retention_ledgerentry": ("SI", "SI"),
    "retention_legalhold": ("SIU", "SUD"),
    "retention_necessityreview": ("SI", "SUD"),
    "retention_shipment": ("S", "SID"),
    "retention_sweep": ("SIU", "SIUD"),
    "staff_approval": ("SIU", "S"),
    "staff_keyedcount": ("SIU", "SIUD"),
    "staff_recoverycode": ("SIUD", "S"),
    "staff_securityreview": ("SIU", "SUD"),
    "staff_staffsession": ("SIU", "SUD"),
    "staff_totpdevice": ("SIUD", "S"),
    "staff_user": ("SIU", "S"),
    "subjects_datasubject": ("SIUD", "SIUD"),
    "subjects_mailedlink": ("SIUD", "SIUD"),
    "subjects_objection": ("SIUD", "SIUD"),
    "subjects_subjectidentifier": ("SIUD", "SIUD"),
    **dict.fromkeys(READ_ONLY_TABLES, ("S", "S")),
}


@pytest.mark.parametrize("role", ROLES)
def test_role_has_exactly_the_rights_it_needs_on_each_table(role) -> None:
    place = ROLES.index(role)
    needed = {t: {LETTERS[letter] for letter in both[place]} for t, both in NEEDED.items()}
    assert rights(role) == needed


def test_roles_of_the_tests_are_those_of_the_code() -> None:
    assert (WEB, WORKER) == ROLES == roles.ROLES


@pytest.mark.parametrize(
    ("model", "web"),
    [
        (Heartbeat, "SELECT, DROP"),
        (Heartbeat, "SELECT; DROP TABLE staff_user"),
        (Heartbeat, ""),
        (AuditEvent, "SELECT, INSERT, UPDATE"),
    ],
)
def test_what_is_no_right_or_too_much_is_refused(model, web) -> None:
    before = roles.rights_of(WEB)
    with pytest.raises(ValueError, match="is more than there is"):
        narrow(model, web=web, worker="SELECT")
    assert roles.rights_of(WEB) == before


def test_table_that_no_room_speaks_of_can_be_written(monkeypatch) -> None:
    monkeypatch.setattr(roles, "_NARROWED", {})
    assert roles.rights_of(WEB)["audit_heartbeat"] == roles.EVERYTHING
    assert roles.rights_of(WEB)["audit_auditevent"] == roles.ADDING


def test_only_function_that_a_role_may_call_is_the_workers() -> None:
    """What every login may call by itself are trigger functions, which nobody calls by name."""
    called = rows(
        "SELECT role, proname FROM pg_proc, unnest(%s::text[]) AS role"
        " WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype"
        " AND has_function_privilege(role, oid, 'EXECUTE')",
        list(ROLES),
    )
    assert called == [(WORKER, "evidence_forget")]


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
def test_role_may_number_its_rows_and_read_the_migrations(role) -> None:
    with as_role(role) as session:
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
