from datetime import date, timedelta

import pytest
from django.utils import timezone

from policies.preview import previews, previous
from policies.publishing import publish
from tests.policies.conftest import TEXT

pytestmark = pytest.mark.django_db
DATED = f"{TEXT}\nFrom {{{{ effective }}}} on.\n"


def test_preview_is_what_publishing_makes_of_the_draft(shipped):
    draft = shipped("privacy-policy", "1.1")
    shown = previews(draft)
    published = publish(draft, actor=None, effective=timezone.localdate())
    for text in published.texts.all():
        preview = shown[text.language]
        assert (preview.title, str(preview.html)) == (text.title, text.html)


def test_published_version_is_shown_as_it_was_frozen(shipped):
    version = shipped("privacy-policy", "1.0")
    shown = previews(version)
    assert {text.language: text.html for text in version.texts.all()} == {
        language: str(preview.html) for language, preview in shown.items()
    }
    assert shown["en"].before is None
    assert shown["en"].changes == []


def test_draft_without_a_date_prints_today_or_the_day_that_is_asked_for(make_version):
    draft = make_version(DATED)
    today = timezone.localdate()
    assert f"From {today.day} {today:%B %Y} on." in previews(draft)["en"].html
    assert "From 1 March 2027 on." in previews(draft, date(2027, 3, 1))["en"].html


def test_difference_is_to_the_version_published_before(make_version):
    one = publish(make_version(DATED), actor=None, effective=timezone.localdate())
    two = make_version(DATED.replace("on.", "on, always."), number="1.1")
    later = timezone.localdate() + timedelta(days=1)
    two = publish(two, actor=None, effective=later)
    draft = make_version(DATED.replace("on.", "on, always."), number="1.2", effective_date=later)

    assert [previous(version) for version in (one, two, draft)] == [None, one, two]
    ops = [line.op for line in previews(two)["en"].changes]
    assert ops == ["skipped", "same", "changed"]
    assert previews(draft)["en"].changes == []


def test_language_that_is_new_has_nothing_to_be_compared_with(make_version):
    publish(make_version(), actor=None, effective=timezone.localdate())
    draft = make_version({"en": TEXT}, number="1.1")
    assert list(previews(draft)) == ["en"]
