"""What is published cannot be changed by anybody, the owner of the database included (E-0a)."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from policies.models import PolicyPublication, PolicyText, PolicyVersion
from policies.publishing import publish
from tests.connections import ROLES, as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(make_version) -> PolicyVersion:
    return publish(make_version(), actor=None, effective=timezone.localdate())


def refused(statement: str, *values: object) -> bool:
    """Whether the database refuses a statement; what it did is taken back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            transaction.set_rollback(True)
    except DatabaseError as problem:
        return getattr(problem.__cause__, "sqlstate", "") == "42501"
    return False


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policies_policyversion SET number = '9.9' WHERE id = %s",
        "UPDATE policies_policyversion SET terms = '{}' WHERE id = %s",
        "UPDATE policies_policyversion SET effective_date = '2020-01-01' WHERE id = %s",
        "UPDATE policies_policyversion SET published_at = NULL WHERE id = %s",
        "DELETE FROM policies_policyversion WHERE id = %s",
        "UPDATE policies_policytext SET html = 'other' WHERE version_id = %s",
        "UPDATE policies_policytext SET sha256 = '' WHERE version_id = %s",
        "UPDATE policies_policytext SET version_id = NULL WHERE version_id = %s",
        "DELETE FROM policies_policytext WHERE version_id = %s",
        "INSERT INTO policies_policytext"
        " (version_id, language, source, title, html, sections, clauses, sha256)"
        " VALUES (%s, 'xx', '', '', '', '[]', '[]', '')",
    ],
)
def test_published_version_is_frozen(published, statement):
    assert refused(statement, published.pk)


def test_text_of_a_draft_cannot_be_moved_into_a_published_version(published, make_version):
    draft = make_version(number="1.1")
    statement = "UPDATE policies_policytext SET version_id = %s WHERE version_id = %s"
    assert refused(statement, published.pk, draft.pk)


def test_orm_is_refused_as_well(published):
    for change in (
        lambda: PolicyVersion.objects.filter(pk=published.pk).update(significant=True),
        lambda: PolicyText.objects.filter(version=published).update(title="Other"),
        published.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_draft_can_be_changed_and_deleted(make_version):
    draft = make_version()
    assert PolicyVersion.objects.filter(pk=draft.pk).update(number="2.0") == 1
    assert PolicyText.objects.filter(version=draft).update(source="# Other") == 3
    assert draft.delete()[0] == 4


def test_published_version_has_a_date(make_version):
    draft = make_version()
    with pytest.raises(DatabaseError, match="published_versions_have_a_date"), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft.pk).update(published_at=timezone.now())


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policies_policyversion SET number = '9.9' WHERE number = '1.0'",
        "DELETE FROM policies_policytext",
        "TRUNCATE policies_policytext",
        "TRUNCATE policies_policyversion CASCADE",
        "UPDATE policies_policypublication SET number = '9.9'",
        "DELETE FROM policies_policypublication",
    ],
)
def test_application_is_refused_as_well(role, statement):
    with as_role(role) as other, pytest.raises(psycopg.Error) as refusal:
        other.execute(statement)
    assert refusal.value.sqlstate == "42501"


def test_publication_can_be_written_by_the_web(shipped):
    """What the DPO does in the admin is done by the web's role, which owns nothing."""
    draft = shipped("privacy-policy", "1.1")
    with as_role("emsar_web") as other:
        changed = other.execute(
            "UPDATE policies_policyversion SET published_at = now(), effective_date = '2030-01-01'"
            " WHERE id = %s",
            [draft.pk],
        )
        assert changed.rowcount == 1


def test_evidence_of_a_publication_is_append_only(published):
    proof = PolicyPublication.objects.get(version=published.uid)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyPublication.objects.filter(pk=proof.pk).update(terms={})
