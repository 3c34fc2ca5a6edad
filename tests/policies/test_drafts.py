from dataclasses import replace
from uuid import UUID

import pytest
from django.utils import timezone

from emsar.audit.models import AuditEvent
from policies.drafts import NotADraftError, content_of, draft_from, fingerprint, save_draft
from policies.publishing import publish
from tests.policies.conftest import LANGUAGES, TEXT

pytestmark = pytest.mark.django_db
DPO = UUID("00000000-0000-4000-8000-000000000007")


def test_draft_is_written_as_it_was_edited(make_version):
    draft = make_version()
    content = replace(
        content_of(draft),
        number="2.0",
        significant=True,
        reasons={"az": "a", "en": "b", "ru": "c"},
        terms={"reply_within": 2},
        sources=dict.fromkeys(LANGUAGES, "# Other\r\n\r\nText.\r\n"),
    )
    save_draft(draft, content, actor=DPO)

    draft.refresh_from_db()
    assert content_of(draft) == replace(
        content, sources=dict.fromkeys(LANGUAGES, "# Other\n\nText.\n")
    )
    assert draft.edited_at is not None
    event = AuditEvent.objects.get(action="policy.draft_saved")
    assert (event.actor, event.object_id) == (DPO, str(draft.pk))


def test_emptied_text_is_a_missing_one_and_can_come_back(make_version):
    draft = make_version()
    content = content_of(draft)
    save_draft(draft, replace(content, sources={**content.sources, "ru": " \n"}), actor=DPO)
    assert sorted(content_of(draft).sources) == ["az", "en"]
    save_draft(draft, content, actor=DPO)
    assert content_of(draft).sources == dict.fromkeys(LANGUAGES, TEXT)


def test_published_version_is_no_draft(make_version):
    draft = make_version()
    content = replace(content_of(draft), number="9.9")
    publish(draft, actor=None, effective=timezone.localdate())
    # The object in hand does not know that a colleague has published it.
    with pytest.raises(NotADraftError):
        save_draft(draft, content, actor=DPO)


def test_new_draft_goes_on_from_a_version(make_version):
    version = publish(make_version(), actor=None, effective=timezone.localdate())
    first = draft_from(version, actor=DPO)
    second = draft_from(version, actor=DPO)

    assert [first.number, second.number] == ["1.1", "1.2"]
    content = content_of(first)
    assert (content.terms, content.sources) == (version.terms, content_of(version).sources)
    assert (first.published_at, first.effective_date, first.significant) == (None, None, False)
    assert first.texts.get(language="en").html == ""
    event = AuditEvent.objects.get(action="policy.draft_made", object_id=str(first.pk))
    assert (event.actor, event.detail) == (DPO, {"from": "1.0"})


def test_fingerprint_changes_with_anything_that_is_published(make_version):
    draft = make_version()
    seen = {fingerprint(draft)}
    content = content_of(draft)
    for changed in (
        replace(content, number="2.0"),
        replace(content, significant=True),
        replace(content, reasons={"az": "x"}),
        replace(content, terms={"reply_within": 2}),
        replace(content, sources={**content.sources, "az": "# Other"}),
    ):
        save_draft(draft, changed, actor=None)
        draft.refresh_from_db()
        assert fingerprint(draft) == fingerprint(draft)
        seen.add(fingerprint(draft))
    assert len(seen) == 6
