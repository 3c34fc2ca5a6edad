"""Evidence can be added to and nothing else: by the rights of the roles, and by triggers under
them, so that a right granted by mistake changes nothing (idea 6)."""

import os
from collections.abc import Iterator
from io import StringIO
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, connection, models, transaction

from dsar.models import Disclosure
from emsar.audit.append_only import CREATE_FUNCTION, append_only
from emsar.audit.evidence import evidence_models
from emsar.audit.models import Seal
from emsar.audit.rows import SETTING
from emsar.audit.sealing import seal
from emsar.retention.models import DestructionLine, LedgerEntry
from policies.models import PolicyText, PolicyVersion
from requests_inbox.models import TransferReason
from requests_inbox.services.handling import hand_over
from tests.connections import ROLES, as_role, second_connection
from tests.factories import make_request, solutions_user

APPEND_ONLY: list[type[models.Model]] = [*evidence_models(), Seal]
TABLES = [model._meta.db_table for model in APPEND_ONLY]
POLICY_TABLES = [PolicyVersion._meta.db_table, PolicyText._meta.db_table]
NOT_PERMITTED = "42501"


def fill_with_evidence() -> None:
    request = make_request(service="cybersecurity")
    hand_over(request, "consulting", TransferReason.FIELD, by=solutions_user())
    line = DestructionLine(sweep=uuid4(), rule="spam", trigger="S-5c", records=1)
    line.save()
    LedgerEntry(line=line.uid, rule="spam", records=[request.pk]).save()
    Disclosure(
        subject=request.subject_id, recipient="Court", ground="court", approver=uuid4()
    ).save()
    seal()
    for model in APPEND_ONLY:
        assert model.objects.exists(), f"{model._meta.label} is new: make a row of it above"


def statements(table: str) -> list[str]:
    """What would change a row of a table; the column is of its own type."""
    column = "at" if table in TABLES else "id"
    return [
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ]


def refused(session: psycopg.Connection, statement: str) -> str:
    """The server's reason; the test fails when it does as it is told."""
    with pytest.raises(psycopg.Error) as caught:
        session.execute(statement)
    session.rollback()
    assert caught.value.sqlstate == NOT_PERMITTED, f"{statement}: {caught.value}"
    return str(caught.value)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", TABLES)
def test_role_has_no_right_to_change_evidence(role, table) -> None:
    with as_role(role) as session:
        for statement in statements(table):
            assert "permission denied" in refused(session, statement)


@pytest.fixture
def _all_rights_by_mistake(filled_db: None) -> Iterator[None]:
    """Evidence in every table, and roles that hold every right on them."""
    fill_with_evidence()
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO emsar_web, emsar_worker")
    yield
    call_command("setup_roles", stdout=StringIO())


@pytest.mark.usefixtures("_all_rights_by_mistake")
@pytest.mark.parametrize("role", ROLES)
def test_triggers_refuse_a_role_that_has_the_rights(role) -> None:
    with as_role(role) as session:
        # Rows that are hidden from a role never come before a trigger.
        session.execute(f"SET {SETTING} = 'everything'")
        session.commit()
        for table in TABLES:
            for statement in statements(table):
                assert "is append-only" in refused(session, statement)


@pytest.mark.usefixtures("_all_rights_by_mistake")
@pytest.mark.parametrize("role", ROLES)
def test_triggers_keep_published_policies_as_they_are(role) -> None:
    published = "(SELECT id FROM policies_policyversion WHERE published_at IS NOT NULL LIMIT 1)"
    with as_role(role) as session:
        for statement in (
            f"UPDATE policies_policyversion SET number = '9' WHERE id = {published}",
            f"UPDATE policies_policyversion SET published_at = NULL WHERE id = {published}",
            f"DELETE FROM policies_policyversion WHERE id = {published}",
            f"UPDATE policies_policytext SET html = 'x' WHERE version_id = {published}",
            f"DELETE FROM policies_policytext WHERE version_id = {published}",
            "INSERT INTO policies_policytext"
            " (version_id, language, source, title, html, sections, clauses, sha256)"
            f" VALUES ({published}, 'xx', '', '', '', '[]', '[]', '')",
        ):
            assert "published" in refused(session, statement)
        for table in POLICY_TABLES:
            assert "TRUNCATE refused" in refused(session, f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model._meta.label)
def test_owner_may_not_change_evidence_either(model) -> None:
    fill_with_evidence()
    with pytest.raises(ProgrammingError, match="is append-only: UPDATE refused"):
        model.objects.update(at="2026-01-01T00:00:00Z")


@pytest.mark.django_db
def test_owner_may_not_change_a_published_policy() -> None:
    version = PolicyVersion.objects.published().first()
    text = version.texts.get(language="en")
    for change in (
        lambda: PolicyVersion.objects.filter(pk=version.pk).update(terms={}),
        lambda: PolicyText.objects.filter(pk=text.pk).update(html="<p>x</p>"),
        lambda: text.delete(),
        lambda: PolicyText.objects.create(version=version, language="xx", source=""),
        # From a draft into the published version.
        lambda: PolicyText.objects.exclude(version=version).update(version=version),
    ):
        with (
            pytest.raises((ProgrammingError, InternalError), match="published"),
            transaction.atomic(),
        ):
            change()


@pytest.mark.django_db
def test_draft_can_still_be_written() -> None:
    with as_role("emsar_web") as session:
        changed = session.execute(
            "UPDATE policies_policytext SET source = source WHERE version_id IN"
            " (SELECT id FROM policies_policyversion WHERE published_at IS NULL)"
        )
        assert changed.rowcount > 0
        session.rollback()


@pytest.mark.django_db
def test_outside_a_test_database_the_owner_may_not_empty_a_table() -> None:
    """The test runner may, in databases whose name says so; here is one whose name does not."""
    name = f"emsar_plain_{os.getpid()}"
    with second_connection(autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            parts = {**server.info.get_parameters(), "password": server.info.password}
            with psycopg.connect(**{**parts, "dbname": name}) as plain:
                plain.execute("CREATE TABLE evidence (id int)")
                plain.execute(CREATE_FUNCTION)
                plain.execute(append_only("evidence").sql)
                plain.execute("INSERT INTO evidence VALUES (1)")
                plain.commit()
                assert "TRUNCATE refused" in refused(plain, "TRUNCATE evidence")
                assert "UPDATE refused" in refused(plain, "UPDATE evidence SET id = 2")
                # A row past its term leaves through a function of the owner's.
                assert plain.execute("DELETE FROM evidence").rowcount == 1
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_every_kind_of_evidence_has_its_triggers(django_db_setup, django_db_blocker) -> None:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgenabled = 'O'"
            " AND tgname IN ('append_only_rows', 'append_only_table')"
        )
        found = [table for (table,) in cursor.fetchall()]
    assert sorted(found) == sorted([*TABLES, *TABLES])
