"""The words beside the button: what they hold, and what they follow."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from consent import notices
from consent.notices import FREE_CONSULTATION, NoticeUnavailableError, notice, source_of
from emsar.entities.models import LegalEntity, Organisation
from emsar.entities.publication import bump
from policies.gate import refusals
from policies.models import PolicyVersion
from policies.publishing import publish

pytestmark = pytest.mark.django_db
LANGUAGES = ("az", "en", "ru")


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentence_names_both_controllers_and_links_the_version_in_force(language):
    shown = notice(FREE_CONSULTATION, language)
    for entity in LegalEntity.objects.all():
        assert entity.text("name", language) in shown.sentence
    assert f'href="/{language}/privacy-policy/1.0/"' in shown.sentence
    assert "1.0" in words(shown.sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_fold_out_holds_what_a_written_consent_must_contain(language):
    """Law, by heads: who, purposes, data, operations, recipients abroad, where kept, how long,
    withdrawal, death, rights."""
    shown = notice(FREE_CONSULTATION, language)
    assert shown.details.count("<h3>") == 10
    for tin in LegalEntity.objects.values_list("tin", flat=True):
        assert tin in shown.details
    for address in ("info@emsargroup.az", "info@emsarsolutions.az", "info@emsarconsulting.az"):
        assert address in shown.details
    assert "<table>" in shown.details
    assert "https://mincom.gov.az" in shown.details


@pytest.mark.parametrize(
    ("language", "register", "mailbox", "death"),
    [
        ("az", "reyestrimizdə", "e-poçt qutusunda", "vəfat"),
        ("en", "register of requests", "email mailbox", "event of death"),
        ("ru", "реестре запросов", "почтовом ящике", "случае смерти"),
    ],
)
def test_register_and_mailbox_are_both_named(language, register, mailbox, death):
    text = words(notice(FREE_CONSULTATION, language).details)
    for part in (register, mailbox, death):
        assert part in text


def test_documents_say_the_same_in_three_languages():
    sources = [source_of(FREE_CONSULTATION, language) for language in LANGUAGES]
    placeholders = [sorted(re.findall(r"\{\{\s*([\w.]+)\s*\}\}", source)) for source in sources]
    assert placeholders[0] == placeholders[1] == placeholders[2]
    for facts in (r"^### ", r"^- ", r"^---$"):
        counts = {len(re.findall(facts, source, re.MULTILINE)) for source in sources}
        assert len(counts) == 1


def test_hash_covers_sentence_and_fold_out():
    shown = notice(FREE_CONSULTATION, "en")
    content = f"{shown.sentence}\n---\n{shown.details}"
    assert shown.sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert len({notice(FREE_CONSULTATION, language).sha256 for language in LANGUAGES}) == 3


def test_words_follow_the_terms_and_the_version_in_force():
    before = notice(FREE_CONSULTATION, "en")
    draft = PolicyVersion.objects.get(number="1.1")
    draft.terms = {**draft.terms, "consultation_retention": 7}
    draft.save()
    publish(draft, actor=None, effective=timezone.localdate())
    after = notice(FREE_CONSULTATION, "en")
    assert "7 months" in after.details
    assert "7 months" not in before.details
    assert (before.version.number, after.version.number) == ("1.0", "1.1")
    assert before.sha256 != after.sha256


def test_version_that_is_not_in_force_yet_changes_nothing():
    before = notice(FREE_CONSULTATION, "en")
    tomorrow = timezone.localdate() + timedelta(days=1)
    publish(PolicyVersion.objects.get(number="1.1"), actor=None, effective=tomorrow)
    assert notice(FREE_CONSULTATION, "en") == before


def test_words_follow_the_registry():
    LegalEntity.objects.filter(slug="solutions").update(name_en="Another name")
    bump()
    assert "Another name" in notice(FREE_CONSULTATION, "en").sentence


def test_words_cost_no_query_while_nothing_changes(django_assert_num_queries):
    notice(FREE_CONSULTATION, "en")
    with django_assert_num_queries(0):
        notice(FREE_CONSULTATION, "en")


def test_kept_words_are_bounded(monkeypatch):
    monkeypatch.setattr(notices, "_kept", dict.fromkeys(range(51)))
    shown = notice(FREE_CONSULTATION, "en")
    assert list(notices._kept.values()) == [shown]


def test_without_a_policy_in_force_there_are_no_words(monkeypatch):
    monkeypatch.setattr(notices, "in_force", lambda policy: None)
    with pytest.raises(NoticeUnavailableError, match="no privacy-policy is in force"):
        notice(FREE_CONSULTATION, "en")


def test_form_without_a_document_has_no_words():
    with pytest.raises(NoticeUnavailableError, match=r"other-form/en\.md is missing"):
        notice("other-form", "en")


def test_version_under_which_the_words_cannot_be_printed_is_not_published(make_version):
    """A term that only the form prints would be missing the moment the version is in force."""
    silent = make_version(
        "# P\n\n## 1 A\n\n{{ term.reply_within }}\n",
        policy="privacy-policy",
        number="3.0",
        terms={"reply_within": 1},
    )
    found = [reason for reason in refusals(silent, timezone.localdate()) if "of the form" in reason]
    assert len(found) == 3
    assert "“free-consultation” in “az”: not known: term.consultation_retention" in found[0]


def test_other_policies_and_organisations_without_the_form_are_not_asked(make_version):
    draft = PolicyVersion.objects.get(number="1.1")
    draft.terms = {}
    assert len(list(notices.refusals(draft))) == 3
    assert list(notices.refusals(make_version())) == []
    Organisation.objects.update(has_form=False)
    bump()
    assert list(notices.refusals(draft)) == []
