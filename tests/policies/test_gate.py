"""Each reason for which a version is not published, one at a time."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from emsar.entities.models import Recipient
from emsar.entities.publication import bump
from policies import gate
from policies.gate import refusals
from policies.models import PolicyVersion
from policies.publishing import PublishingRefusedError, publish
from tests.policies.conftest import LANGUAGES, TEXT

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def texts(**changed: str | None) -> dict[str, str]:
    every = dict.fromkeys(LANGUAGES, TEXT) | changed
    return {language: text for language, text in every.items() if text is not None}


def body(text: str) -> str:
    """The small policy with something more in it, so that its term stays printed."""
    return f"{TEXT}\n{text}\n"


def test_complete_version_is_not_refused(make_version):
    assert refusals(make_version(), TODAY) == []


@pytest.mark.parametrize(
    ("sources", "reason"),
    [
        (texts(ru=None), ["There is no text in “ru”."]),
        ({}, [f"There is no text in “{code}”." for code in LANGUAGES]),
        (texts(en=TEXT.replace("{E-4a} ", "")), ["“en” lacks clauses: E-4a"]),
        (
            texts(az=body("{{ brand }}")),
            ["“en” does not print: brand", "“ru” does not print: brand"],
        ),
        (body("{E-4a} Again."), ["has clauses twice: E-4a"]),
        (body("## 2 Nothing"), ["has empty headings: 2 Nothing"]),
        (body("## 2 Nothing\n\n## 3 Something\n\nText."), ["has empty headings: 2 Nothing"]),
        (body("### 1.1 Empty\n\n## 2 Full\n\nText."), ["has empty headings: 1.1 Empty"]),
        (body("## 1 Replies again\n\nText."), ["has sections twice: 1"]),
        (body("### 1.1 A\n\nA.\n\n### 1.1 B\n\nB."), ["has sections twice: 1.1"]),
        (body("{{ nonsense }}"), ["prints what is not known: nonsense"]),
        (body("{{ entity.nobody.name }}"), ["prints what is not known: entity.nobody.name"]),
        (body("{{ term.minimum_age }}"), ["prints what is not known: term.minimum_age"]),
        (body("{{ entity.solutions.tin"), ["holds what cannot be read: {{"]),
        (body("{E-4b, E-4c} Two."), ["holds what cannot be read: {E-4b, E-4c}"]),
        (body("A sentence {E-4b} and another."), ["holds what cannot be read: {E-4b}"]),
        (body("{E-4b}"), ["has clauses without a text: E-4b"]),
        (body("{E-4b}\n\n## 2 Title\n\nText."), ["has clauses without a text: E-4b"]),
        (TEXT.removeprefix("# Rules\n"), ["needs a title"]),
        (f"# {'x' * 201}\n{TEXT.removeprefix('# Rules')}", ["needs a title"]),
    ],
)
def test_text_is_refused(make_version, sources, reason):
    found = "\n".join(refusals(make_version(sources), TODAY))
    for words in reason:
        assert words in found


def test_missing_language_is_named_without_blaming_the_others(make_version):
    assert refusals(make_version(texts(ru=None)), TODAY) == ["There is no text in “ru”."]


def test_all_reasons_come_at_once(make_version):
    version = make_version(body("## 2 Nothing"), terms={})
    found = refusals(version, TODAY)
    assert len(found) == 6  # for each language: an empty heading and a term that is not stated


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (
            {"reply_within": 1, "coffee_break": 5},
            "No rule is declared for the term “coffee_break”.",
        ),
        (
            {"reply_within": 1, "minimum_age": 18},
            "The term “minimum_age” is not printed by the text.",
        ),
    ],
)
def test_term_is_refused(make_version, terms, reason):
    assert refusals(make_version(terms=terms), TODAY) == [reason]


def test_term_printed_by_the_cookie_table_counts_as_printed(make_version):
    stated = {"cookie_choice_lifetime": 12, "analytics_cookie_lifetime": 12}
    text = "# Rules\n\n{E-10b} {{ cookies }}\n"
    assert refusals(make_version(text, terms=stated), TODAY) == []
    assert "cookies: term.analytics_cookie_lifetime" in "".join(
        refusals(make_version(text, number="2.0", terms={"cookie_choice_lifetime": 12}), TODAY)
    )


def test_term_of_the_version_in_force_may_not_disappear(make_version):
    publish(make_version(effective_date=TODAY), actor=None)
    silent = make_version("# Rules\n\nNothing.\n", number="1.1", terms={})
    day = timezone.localdate()
    assert refusals(silent, day) == ["The term “reply_within” of the version in force is missing."]


def test_block_without_rows_is_refused(make_version):
    version = make_version(body("{E-6.2a} {{ recipients }}"))
    assert refusals(version, TODAY) == []
    Recipient.objects.update(active=False)
    bump()
    assert "“az” prints what is not known: recipients" in refusals(version, TODAY)


def test_version_without_a_date_is_refused(make_version):
    assert refusals(make_version()) == ["It has no effective date."]
    assert refusals(make_version(number="1.1", effective_date=TODAY)) == []


def test_first_version_may_be_older_than_the_site(make_version):
    assert refusals(make_version(), date(2020, 1, 1)) == []


def test_later_version_takes_effect_today_at_the_earliest(make_version):
    publish(make_version(), actor=None, effective=date(2020, 1, 1))
    later, today = make_version(number="1.1"), timezone.localdate()
    assert refusals(later, today) == []
    past = refusals(later, today - timedelta(days=1))
    assert past == ["Its effective date is in the past."]


def test_version_may_not_come_before_one_that_is_published(make_version):
    today = timezone.localdate()
    publish(make_version(), actor=None, effective=today + timedelta(days=10))
    later = make_version(number="1.1")
    reason = "A version with a later effective date is published already."
    assert refusals(later, today + timedelta(days=9)) == [reason]
    assert refusals(later, today + timedelta(days=10)) == []


def test_published_version_is_not_published_again(make_version):
    version = publish(make_version(), actor=None, effective=timezone.localdate())
    assert refusals(version) == ["This version is published already."]


def test_higher_room_can_refuse(make_version, monkeypatch):
    monkeypatch.setattr(gate, "_checks", [])
    gate.register_check(_too_short)
    gate.register_check(_too_short)
    assert refusals(make_version(), TODAY) == ["house-rules 1.0 is too short"]


def _too_short(version: PolicyVersion) -> list[str]:
    return [f"{version} is too short"]


def test_text_is_not_frozen_without_its_catalogue(make_version, monkeypatch):
    """A unit in English would stand in the Azerbaijani text for ever."""
    version = make_version()
    monkeypatch.setattr(gate, "_", lambda message: message)
    assert refusals(version, TODAY) == [
        f"The messages in “{code}” are not compiled: run compile_messages." for code in ("az", "ru")
    ]


def test_refused_publication_changes_nothing(make_version):
    version = make_version(body("## 2 Nothing"))
    with pytest.raises(PublishingRefusedError) as refused:
        publish(version, actor=None, effective=TODAY)
    assert len(refused.value.reasons) == 3
    version.refresh_from_db()
    assert (version.published_at, version.effective_date) == (None, None)
    assert {text.html for text in version.texts.all()} == {""}


def test_draft_1_1_passes_the_gate(shipped):
    assert refusals(shipped("privacy-policy", "1.1"), timezone.localdate()) == []
