"""Versions in the admin: seen by the staff who may, changed and published by the DPO alone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from emsar.audit.models import AuditEvent
from emsar.staff.models import Role
from policies.drafts import content_of, draft_from
from policies.models import PolicyVersion, State
from policies.publishing import publish
from policies.versions import state_of
from tests.factories import make_user, solutions_user
from tests.policies.conftest import LANGUAGES, TEXT

pytestmark = pytest.mark.django_db
LIST = "/admin/policies/policyversion/"
PAGES = ("change/", "preview/az/", "preview/en/", "preview/ru/", "publish/")


def page_of(version: PolicyVersion, tail: str = "change/") -> str:
    return f"{LIST}{version.pk}/{tail}"


@pytest.fixture
def draft(shipped) -> PolicyVersion:
    return shipped("privacy-policy", "1.1")


@pytest.fixture
def in_force(shipped) -> PolicyVersion:
    return shipped("privacy-policy", "1.0")


@pytest.fixture
def dpo(client):
    user = make_user(Role.DPO)
    client.force_login(user)
    return user


@pytest.fixture
def staff(client):
    """Log in somebody of another role."""

    def log_in(role: str) -> None:
        client.force_login(solutions_user() if role == Role.ENTITY_STAFF else make_user(role))

    return log_in


def entries(version: PolicyVersion, **changed: object) -> dict[str, object]:
    """What the form of a draft sends."""
    content = content_of(version)
    fields = {
        "number": content.number,
        **({"significant": "on"} if content.significant else {}),
        **{f"reason_{language}": content.reasons[language] for language in LANGUAGES},
        **{f"term_{name}": value for name, value in content.terms.items()},
        **{f"source_{language}": content.sources[language] for language in LANGUAGES},
    }
    return fields | changed


def publication(client, version: PolicyVersion, **changed: object) -> dict[str, object]:
    """What the page of the publication sends when it is filled in."""
    text = client.get(page_of(version, "publish/")).text
    found = re.search(r'name="seen" value="(\w+)"', text)
    fields = {"effective": timezone.localdate().isoformat(), "confirmed": "on"}
    return fields | {"seen": found[1] if found else ""} | changed


def errors(text: str) -> list[str]:
    lists = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', text, re.DOTALL)
    return re.findall(r"<li>(.*?)</li>", "".join(lists), re.DOTALL)


class TestList:
    def test_says_state_date_publication_and_hash_of_each_version(self, client, dpo, draft):
        rows = re.findall(r"<tr>.*?</tr>", client.get(LIST).text, re.DOTALL)
        cells = {
            name: [re.sub(r"<[^>]+>", "", cell) for cell in found[1:]]
            for row in rows
            if (found := re.findall(r"<t[dh] class=\"field.*?</t[dh]>", row, re.DOTALL))
            for name in [re.sub(r"<[^>]+>", "", found[0])]
        }
        assert set(cells) == {
            "Confidentiality undertaking 1.0",
            *("Cookie policy 1.0", "Privacy policy 1.0", "Privacy policy 1.1"),
        }
        assert cells["Privacy policy 1.1"][:3] == ["draft", "—", "—"]
        state, effective, published, *_ = cells["Privacy policy 1.0"]
        assert (state, effective) == ("in force", "28 April 2026")
        assert published.endswith("by set-up")

    def test_marks_every_version_that_is_as_it_was_published(self, client, dpo):
        text = client.get(LIST).text
        for field in ("intact", "up_to_date"):
            marks = re.findall(rf'class="field-{field}"><img [^>]*alt="(\w+)"', text)
            assert sorted(marks) == ["None", "True", "True", "True"]

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.DPO, 200),
            (Role.ADMINISTRATOR, 200),
            (Role.AUDITOR, 200),
            (Role.ENTITY_STAFF, 403),
        ],
    )
    def test_is_for_those_who_may(self, client, staff, role, status):
        staff(role)
        assert client.get(LIST).status_code == status

    def test_is_closed_to_strangers(self, client, draft):
        for tail in ("", *(f"{draft.pk}/{page}" for page in PAGES)):
            response = client.get(f"{LIST}{tail}")
            assert (response.status_code, response.url.partition("?")[0]) == (302, "/admin/login/")

    def test_nothing_is_added_or_deleted(self, client, dpo, draft):
        assert client.get(f"{LIST}add/").status_code == 403
        assert client.post(page_of(draft, "delete/"), {"post": "yes"}).status_code == 403


class TestPermissions:
    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
    def test_others_look_at_a_draft_and_change_nothing(self, client, staff, draft, role):
        staff(role)
        text = client.get(page_of(draft)).text
        assert "<textarea" not in text
        assert "# Privacy Policy" in text
        assert "Publish…" not in text
        assert client.get(page_of(draft, "preview/en/")).status_code == 200
        assert client.post(page_of(draft), entries(draft, number="9.9")).status_code == 403
        assert client.get(page_of(draft, "publish/")).status_code == 403
        assert client.post(page_of(draft, "publish/"), {}).status_code == 403
        assert client.post(page_of(draft, "new-draft/")).status_code == 403
        draft.refresh_from_db()
        assert (draft.number, draft.published_at, draft.edited_at) == ("1.1", None, None)

    def test_company_staff_see_no_version(self, client, staff, draft, in_force):
        staff(Role.ENTITY_STAFF)
        for version in (draft, in_force):
            for page in PAGES:
                assert client.get(page_of(version, page)).status_code == 403

    def test_published_version_is_read_only_for_the_dpo_too(self, client, dpo, in_force):
        text = client.get(page_of(in_force)).text
        assert "<textarea" not in text
        assert 'name="_save"' not in text
        assert client.post(page_of(in_force), entries(in_force, number="9.9")).status_code == 403
        in_force.refresh_from_db()
        assert in_force.number == "1.0"

    @pytest.mark.parametrize(("tail", "status"), [("preview/de/", 404), ("preview/%00/", 400)])
    def test_other_languages_are_not_found(self, client, dpo, draft, tail, status):
        assert client.get(page_of(draft, tail)).status_code == status

    @pytest.mark.parametrize("page", PAGES)
    def test_unknown_version_is_not_found(self, client, dpo, page):
        assert client.get(f"{LIST}999999/{page}").status_code in {302, 404}

    def test_new_draft_is_made_by_post_alone(self, client, dpo, in_force):
        assert client.get(page_of(in_force, "new-draft/")).status_code == 405


class TestPublishedPage:
    def test_shows_hashes_computed_anew_and_leads_to_the_pages(self, client, dpo, in_force):
        text = client.get(page_of(in_force)).text
        for row in in_force.texts.all():
            assert row.sha256 in text
        assert text.count("the hash is right") == 3
        assert '<a href="/en/privacy-policy/1.0/">EN: Privacy Policy</a>' in text
        assert "a request is kept after the last reply for: 12 months" in text

    def test_new_draft_goes_on_from_it(self, client, dpo, in_force):
        response = client.post(page_of(in_force, "new-draft/"))
        made = PolicyVersion.objects.get(policy="privacy-policy", number="1.2")
        assert response.url == page_of(made)
        assert state_of(made) == State.DRAFT
        assert AuditEvent.objects.get(action="policy.draft_made").actor == dpo.pk
        assert "Draft 1.2 was made from 1.0." in client.get(page_of(made)).text


class TestDraftPage:
    def test_form_shows_everything_of_the_draft(self, client, dpo, draft):
        text = client.get(page_of(draft)).text
        assert 'name="number" value="1.1"' in text
        assert re.search(r'name="term_consultation_retention" value="12"', text)
        assert "calendar months; E-7.2a." in text
        assert "{E-7.1a} Requests sent through the form are kept in our register" in text
        for code in LANGUAGES:
            assert page_of(draft, f"preview/{code}/") in text

    def test_form_saves_what_was_edited(self, client, dpo, draft):
        changes = {"number": "2.0", "reason_en": "Why", "term_reply_within": 2, "source_en": TEXT}
        response = client.post(page_of(draft), entries(draft, **changes))
        assert response.status_code == 302
        draft.refresh_from_db()
        content = content_of(draft)
        assert (content.number, content.reasons["en"]) == ("2.0", "Why")
        assert (content.terms["reply_within"], content.terms["minimum_age"]) == (2, 18)
        assert content.sources["en"] == TEXT
        event = AuditEvent.objects.get(action="policy.draft_saved")
        assert (event.actor, event.detail) == (dpo.pk, {"number": "2.0"})

    def test_saving_without_a_change_keeps_every_letter(self, client, dpo, draft):
        before = content_of(draft)
        sent = entries(draft)
        # A browser sends CRLF.
        sent |= {f"source_{code}": before.sources[code].replace("\n", "\r\n") for code in LANGUAGES}
        assert client.post(page_of(draft), sent).status_code == 302
        draft.refresh_from_db()
        assert content_of(draft) == before

    def test_term_left_empty_is_not_stated(self, client, dpo, draft):
        client.post(page_of(draft), entries(draft, term_minimum_age=""))
        draft.refresh_from_db()
        assert "minimum_age" not in draft.terms

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"number": "1.0"}, "Another version has this number."),
            ({"number": "versions"}, "A number is digits in groups, such as 1.1."),
            ({"number": ""}, "This field is required."),
            ({"term_reply_within": 0}, "Ensure this value is greater than or equal to 1."),
            ({"term_reply_within": "soon"}, "Enter a whole number."),
            ({"term_reply_within": 1.5}, "Enter a whole number."),
            ({"source_en": "a\x00b"}, "Null characters are not allowed."),
        ],
    )
    def test_wrong_entry_is_refused(self, client, dpo, draft, changed, message):
        response = client.post(page_of(draft), entries(draft, **changed))
        assert response.status_code == 200
        assert message in errors(response.text)
        draft.refresh_from_db()
        assert (draft.number, draft.edited_at) == ("1.1", None)

    def test_number_of_another_policy_is_free(self, client, dpo, make_version, in_force):
        other = make_version(number="3.0")
        assert client.post(page_of(other), entries(other, number="1.0")).status_code == 302


class TestPreview:
    def test_shows_the_article_in_its_language_and_what_changed(self, client, dpo, draft):
        for code, register in (("az", "reyestrimizdə"), ("en", "register"), ("ru", "реестре")):
            text = client.get(page_of(draft, f"preview/{code}/")).text
            article = text.partition(f'<article class="policy-text" lang="{code}">')[2]
            assert '<li id="E-7.1b">' in article
            changes = text.partition('<section class="difference"')[2].partition("</section>")[0]
            assert "Difference to version 1.0" in changes
            assert register in "".join(re.findall(r"<ins>(.*?)</ins>", changes, re.DOTALL))
            assert "paragraphs unchanged" in changes

    def test_published_version_shows_its_frozen_article(self, client, dpo, in_force):
        text = client.get(page_of(in_force, "preview/en/")).text
        assert "This is the text as it was published." in text
        assert in_force.texts.get(language="en").html in text
        assert "Difference to" not in text

    def test_same_text_is_said_to_be_the_same(self, client, dpo, make_version):
        publish(make_version(), actor=None, effective=timezone.localdate())
        text = client.get(page_of(make_version(number="1.1"), "preview/en/")).text
        assert "The text is the same." in text


class TestPublication:
    def test_page_lists_everything_that_is_wrong(self, client, dpo, make_version):
        wrong = make_version(f"{TEXT}\n## 2 Empty\n", terms={"reply_within": 1, "minimum_age": 18})
        text = client.get(page_of(wrong, "publish/")).text
        assert "It cannot be published yet" in text
        reasons = text.partition('<ul class="reasons">')[2].partition("</ul>")[0]
        assert re.findall(r"<li>(.*?)</li>", reasons) == [
            *(f"“{code}” has empty headings: 2 Empty" for code in LANGUAGES),
            "The term “minimum_age” is not printed by the text.",
        ]
        assert 'name="confirmed"' not in text

    def test_page_says_what_will_happen(self, client, dpo, draft):
        draft.terms = {**draft.terms, "consultation_retention": 6}
        draft.save()
        text = client.get(page_of(draft, "publish/")).text
        today = timezone.localdate().isoformat()
        assert f'<input type="date" name="effective" value="{today}" min="{today}"' in text
        for words in (
            "this version replaces version 1.0",
            "It is marked as a significant change.",
            "has to agree again",
        ):
            assert words in text
        assert re.search(r"<td>12 months</td><td><ins>6 months</ins></td>", text)

    def test_first_version_of_a_policy_replaces_none(self, client, dpo, make_version):
        text = client.get(page_of(make_version(), "publish/")).text
        assert "This is the first version of the policy." in text
        assert "has to agree again" not in text
        assert "It is not marked as a significant change." in text

    @pytest.mark.parametrize("days", [0, 30])
    def test_dpo_publishes_for_today_or_later(self, client, dpo, draft, days):
        day = timezone.localdate() + timedelta(days=days)
        sent = publication(client, draft, effective=day.isoformat())
        response = client.post(page_of(draft, "publish/"), sent)
        assert response.url == page_of(draft)
        draft.refresh_from_db()
        assert (draft.effective_date, draft.published_by) == (day, dpo.pk)
        assert state_of(draft) == (State.UPCOMING if days else State.CURRENT)
        text = client.get(page_of(draft)).text
        assert "Privacy policy 1.1 is published, effective" in text
        assert f"by {dpo.username}" in text

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"effective": "2020-01-01"}, "The effective date is today or later."),
            ({"effective": ""}, "This field is required."),
            ({"effective": "tomorrow"}, "Enter a valid date."),
            ({"confirmed": ""}, "Please confirm that you have read the three texts."),
            ({"seen": "0" * 64}, "The draft was changed since you opened this page."),
        ],
    )
    def test_wrong_entry_publishes_nothing(self, client, dpo, draft, changed, message):
        response = client.post(page_of(draft, "publish/"), publication(client, draft, **changed))
        assert response.status_code == 200
        assert any(error.startswith(message) for error in errors(response.text))
        draft.refresh_from_db()
        assert draft.published_at is None

    def test_draft_that_a_colleague_changed_is_looked_at_again(self, client, dpo, draft):
        sent = publication(client, draft)
        client.post(page_of(draft), entries(draft, reason_en="Another reason"))
        text = client.post(page_of(draft, "publish/"), sent).text
        assert any(error.startswith("The draft was changed") for error in errors(text))
        # The page that says so is about the draft as it is now, so its button works.
        again = publication(client, draft)
        assert again["seen"] != sent["seen"]
        assert again["seen"] in text
        assert client.post(page_of(draft, "publish/"), again).status_code == 302

    def test_reason_that_depends_on_the_chosen_day_stands_beside_the_form(
        self, client, dpo, draft, make_version
    ):
        today = timezone.localdate()
        publish(make_version(), actor=None, effective=today + timedelta(days=10))
        later = make_version(number="1.1")
        text = client.get(page_of(later, "publish/")).text
        assert f'value="{(today + timedelta(days=10)).isoformat()}"' in text
        response = client.post(page_of(later, "publish/"), publication(client, later))
        reason = "A version with a later effective date is published already."
        assert errors(response.text) == [reason]

    def test_page_of_a_published_version_leads_back_to_it(self, client, dpo, in_force):
        for send in (client.get, client.post):
            response = send(page_of(in_force, "publish/"))
            assert (response.status_code, response.url) == (302, page_of(in_force))

    def test_draft_1_1_can_be_published_as_it_is_shipped(self, client, dpo, draft):
        text = client.get(page_of(draft, "publish/")).text
        assert "Nothing keeps this version from being published." in text


def test_every_page_is_there_in_the_language_of_the_dpo(client, draft, in_force):
    for language in LANGUAGES:
        client.force_login(make_user(Role.DPO, language=language))
        for address in (LIST, *(page_of(draft, page) for page in PAGES), page_of(in_force)):
            response = client.get(address)
            assert response.status_code == 200
            assert f'<html lang="{language}"' in response.text
            assert 'style="' not in response.text


class TestAskingAgain:
    def test_draft_of_the_cookie_policy_can_ask_for_the_choice_again(self, client, dpo, shipped):
        draft = draft_from(shipped("cookie-policy", "1.0"), actor=None)
        assert not draft.requires_reconsent
        client.post(page_of(draft, "change/"), entries(draft, requires_reconsent="on"))
        draft.refresh_from_db()
        assert draft.requires_reconsent
        words = "Every visitor is asked for the choice about cookies again"
        assert words in client.get(page_of(draft, "publish/")).text

    def test_other_policies_have_no_such_field(self, client, dpo, shipped):
        draft = draft_from(shipped("privacy-policy", "1.0"), actor=None)
        assert "requires_reconsent" not in client.get(page_of(draft, "change/")).text
        client.post(page_of(draft, "change/"), entries(draft, requires_reconsent="on"))
        draft.refresh_from_db()
        assert not draft.requires_reconsent
