"""Which tables stand behind the second wall, and that setting up puts it there."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from emsar.audit import rows
from emsar.audit.models import Heartbeat
from emsar.audit.roles import WEB, WORKER
from emsar.audit.rows import Door, protect
from requests_inbox.models import ConsultationRequest

pytestmark = pytest.mark.django_db

_POLICIES = """
SELECT tablename, policyname, cmd, roles::text[], qual, with_check FROM pg_policies
WHERE schemaname = 'public' ORDER BY tablename, policyname
"""
_WALLED = "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"


def found(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def unprotected(app: str) -> set[str]:
    """The tables of an app that lack row-level security, or a policy for one of the roles."""
    walled = {name for (name,) in found(_WALLED)}
    policies = [(table, roles) for table, _name, _verb, roles, *_ in found(_POLICIES)]
    tables = {m._meta.db_table for m in apps.get_app_config(app).get_models(True)}
    return {
        table
        for table in tables
        if table not in walled or not all((table, [role]) in policies for role in (WEB, WORKER))
    }


def test_every_table_of_requests_is_behind_the_wall() -> None:
    missing = unprotected("requests_inbox")
    assert not missing, f"say in requests_inbox/rights.py who may see which rows of {missing}"


def test_table_that_nobody_protects_is_noticed() -> None:
    assert unprotected("outbox") == {"outbox_outboundmail", "outbox_mailcopy"}
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY worker ON requests_inbox_message")
        cursor.execute("ALTER TABLE requests_inbox_transfer DISABLE ROW LEVEL SECURITY")
    names = {"requests_inbox_message", "requests_inbox_transfer"}
    assert unprotected("requests_inbox") == names


def test_worker_sees_and_writes_every_row() -> None:
    of_worker = [row for row in found(_POLICIES) if row[3] == [WORKER]]
    assert {row[1:3] for row in of_worker} == {("worker", "ALL")}
    assert {row[4:] for row in of_worker} == {("true", None)}


def test_set_up_again_leaves_the_same_and_nothing_besides() -> None:
    before = found(_POLICIES)
    with connection.cursor() as cursor:
        cursor.execute("CREATE POLICY hole ON requests_inbox_message TO PUBLIC USING (TRUE)")
        cursor.execute("DROP POLICY web_company_person_request_select ON requests_inbox_message")
        cursor.execute("ALTER TABLE requests_inbox_message DISABLE ROW LEVEL SECURITY")
    call_command("setup_roles", stdout=StringIO())
    assert found(_POLICIES) == before
    assert not unprotected("requests_inbox")


def test_what_is_no_verb_on_a_row_is_refused() -> None:
    with pytest.raises(ValueError, match="is more than there is"):
        protect(Heartbeat, Door("company", verbs="SELECT, TRUNCATE"))
    assert not rows.is_protected(Heartbeat)
    assert rows.is_protected(ConsultationRequest)
