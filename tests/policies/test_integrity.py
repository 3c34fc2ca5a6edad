"""Whether what is published is what was published: the hashes are computed anew."""

import re

import pytest
from django.db import connection
from django.utils import timezone

from emsar.entities.models import LegalEntity
from emsar.entities.publication import bump
from policies import integrity
from policies.integrity import differs_from_registry, is_intact, text_is_intact
from policies.models import PolicyPublication, PolicyVersion
from policies.publishing import publish
from tests.policies.conftest import TEXT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    yield
    integrity.forget()


@pytest.fixture
def published(make_version) -> PolicyVersion:
    text = f"{TEXT}\n{{E-2g}} {{{{ entity.solutions.name }}}}\n"
    return publish(make_version(text), actor=None, effective=timezone.localdate())


def past_the_triggers(statement: str, *values: object) -> None:
    """What somebody with the disk in hand could do."""
    (table,) = re.findall(r"policies_\w+", statement)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_published_version_is_intact(published, shipped):
    for version in (published, shipped("privacy-policy", "1.0"), shipped("cookie-policy", "1.0")):
        assert is_intact(version)
        assert all(text_is_intact(text) for text in version.texts.all())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policies_policytext SET html = html || ' ' WHERE version_id = %s",
        "UPDATE policies_policytext SET title = 'x' WHERE version_id = %s AND language = 'az'",
        "UPDATE policies_policyversion SET terms = '{\"reply_within\": 9}' WHERE id = %s",
        "UPDATE policies_policyversion SET effective_date = '2020-01-01' WHERE id = %s",
        "UPDATE policies_policyversion SET requires_reconsent = true WHERE id = %s",
        "DELETE FROM policies_policytext WHERE version_id = %s AND language = 'ru'",
    ],
)
def test_change_past_the_triggers_shows(published, statement):
    past_the_triggers(statement, published.pk)
    assert not is_intact(PolicyVersion.objects.get(pk=published.pk))


def test_new_hash_does_not_hide_a_new_text(published):
    """The hash beside the text can be forged as well; the evidence of the publication cannot."""
    past_the_triggers(
        "UPDATE policies_policytext SET html = 'x', "
        "sha256 = encode(sha256(convert_to(title || E'\\n' || 'x', 'UTF8')), 'hex') "
        "WHERE version_id = %s",
        published.pk,
    )
    version = PolicyVersion.objects.get(pk=published.pk)
    assert all(text_is_intact(text) for text in version.texts.all())
    assert not is_intact(version)


def test_version_without_its_evidence_is_not_intact(published, make_version):
    proof = PolicyPublication.objects.get(version=published.uid)
    past_the_triggers(
        "UPDATE policies_policypublication SET digests = '{}' WHERE id = %s", proof.pk
    )
    assert not is_intact(published)
    assert not is_intact(make_version(number="2.0"))


def test_version_differs_once_the_registry_has_moved(published):
    assert differs_from_registry(published) == ()
    LegalEntity.objects.filter(slug="solutions").update(name_en="Another name", name_ru="Другое")
    assert differs_from_registry(published) == ()  # nobody was told, so nobody looks
    bump()
    assert differs_from_registry(published) == ("en", "ru")


def test_answer_is_kept_until_something_is_published(published, django_assert_num_queries):
    differs_from_registry(published)
    with django_assert_num_queries(0):
        assert differs_from_registry(published) == ()


def test_kept_answers_are_bounded(published, monkeypatch):
    kept = {(number, number): () for number in range(21)}
    monkeypatch.setattr(integrity, "_differing", kept)
    differs_from_registry(published)
    assert len(kept) == 1
