from datetime import date
from uuid import UUID

import pytest
from django.utils import timezone

from emsar.audit.models import AuditEvent
from emsar.entities import publication
from emsar.entities.models import LegalEntity
from policies.articles import article_digest
from policies.models import PolicyPublication
from policies.publishing import publish
from policies.versions import in_force
from tests.policies.conftest import TEXT

pytestmark = pytest.mark.django_db
DPO = UUID("00000000-0000-4000-8000-000000000007")


def test_publishing_freezes_three_articles_with_their_hashes(make_version):
    version = publish(make_version(), actor=DPO, effective=date(2026, 11, 1))

    assert version.published_by == DPO
    assert version.published_at is not None
    for text in version.texts.all():
        assert text.title == "Rules"
        assert 'id="E-4a"' in text.html
        assert text.clauses == ["E-4a"]
        assert text.sections == [["s-1", "1", "Replies", []]]
        assert text.sha256 == article_digest(text.title, text.html)


def test_publishing_leaves_evidence(make_version):
    version = publish(make_version(), actor=DPO, effective=date(2026, 11, 1))

    proof = PolicyPublication.objects.get(version=version.uid)
    assert proof.intact()
    assert (proof.policy, proof.number, proof.terms) == ("house-rules", "1.0", {"reply_within": 1})
    assert proof.digests == {text.language: text.sha256 for text in version.texts.all()}
    event = AuditEvent.objects.get(action="policy.publish", object_id=str(version.pk))
    assert (event.actor, event.detail) == (DPO, {"number": "1.0"})


def test_publishing_moves_the_counter_and_what_is_in_force(make_version):
    before = publication.current()
    assert in_force("house-rules") is None
    version = publish(make_version(), actor=None, effective=timezone.localdate())
    assert publication.current() > before
    assert in_force("house-rules") == version


def test_published_text_prints_the_terms_of_its_own_version(make_version):
    one = publish(make_version(), actor=None, effective=timezone.localdate())
    two = make_version(number="1.1", terms={"reply_within": 3})
    two = publish(two, actor=None, effective=timezone.localdate())
    pages = [version.texts.get(language="en").html for version in (one, two)]
    assert "Within 1 business day." in pages[0]
    assert "Within 3 business days." in pages[1]


def test_hash_stays_when_the_registry_changes(make_version):
    text = f"{TEXT}\n{{E-2g}} {{{{ entity.solutions.name }}}}\n"
    version = publish(make_version(text), actor=None, effective=timezone.localdate())
    before = {row.language: (row.html, row.sha256) for row in version.texts.all()}

    LegalEntity.objects.filter(slug="solutions").update(name_en="Another name")
    publication.bump()

    assert {row.language: (row.html, row.sha256) for row in version.texts.all()} == before
    assert "Another name" not in before["en"][0]


def test_facts_of_the_moment_are_frozen_even_if_another_process_changed_them(make_version):
    publication.seen()
    LegalEntity.objects.filter(slug="solutions").update(name_en="Changed a moment ago")
    # As another process would: this one has not been told.
    kept = publication._look.until
    publication.bump()
    publication._look.until = kept

    text = f"{TEXT}\n{{E-2g}} {{{{ entity.solutions.name }}}}\n"
    version = publish(make_version(text), actor=None, effective=timezone.localdate())
    assert "Changed a moment ago" in version.texts.get(language="en").html


def test_rows_name_themselves(make_version):
    version = publish(make_version(), actor=None, effective=timezone.localdate())
    proof = PolicyPublication.objects.get(version=version.uid)
    assert [str(row) for row in (version.policy, version, proof)] == [
        *("house-rules", "house-rules 1.0", "house-rules 1.0")
    ]
    assert str(version.texts.get(language="az")) == "house-rules 1.0 az"
