"""The two profiles say what the policies and the design say."""

import subprocess
import sys
from datetime import date, time

import pytest

from emsar.entities.profile import Texts
from tests.entities.conftest import PORTAL, ROOT


def test_profile_of_the_group_says_who_it_is(group):
    assert group.key == "emsargroup"
    assert group.hosts == ("emsargroup.az", "emsarsolutions.az", "emsarconsulting.az")
    assert group.redirects == {
        "emsarsolutions.az": "solutions",
        "emsarconsulting.az": "consulting",
    }
    assert (group.has_form, group.shows_version_number) == (True, True)
    assert (group.opens, group.closes, group.timezone) == (time(9), time(18), "Asia/Baku")
    assert (group.prevailing_language, group.registration_number) == ("", "")
    assert group.inquiry_subject.en == "Personal data inquiry"
    assert group.organisation.brand == "EMSAR GROUP"


def test_profile_of_the_group_names_both_companies_with_their_tins(group):
    assert {row.slug: (row.tin, row.email) for row in group.entities} == {
        "solutions": ("2009619051", "info@emsarsolutions.az"),
        "consulting": ("2009638161", "info@emsarconsulting.az"),
    }
    assert {row.slug: row.address for row in group.mailboxes} == {
        "group": "info@emsargroup.az",
        "solutions": "info@emsarsolutions.az",
        "consulting": "info@emsarconsulting.az",
    }


def test_services_go_to_the_company_that_the_policy_names(group):
    assert {row.slug: (row.entity, row.mailbox) for row in group.services} == {
        "it-solutions": ("solutions", "solutions"),
        "software-development": ("solutions", "solutions"),
        "cybersecurity": ("solutions", "solutions"),
        "infrastructure": ("solutions", "solutions"),
        "3d-studio": ("solutions", "solutions"),
        "accounting": ("consulting", "consulting"),
        "hr": ("consulting", "consulting"),
        "tax": ("consulting", "consulting"),
        "customs": ("consulting", "consulting"),
        "other": ("", "group"),
    }


def test_schedule_holds_every_row_of_the_design(group):
    assert {row.name: (row.value, row.unit) for row in group.terms if row.group == "schedule"} == {
        "case_documents": (30, "calendar_days"),
        "case_skeleton": (3, "years"),
        "outbox_row": (30, "calendar_days"),
        "consent_events": (5, "years"),
        "transfers": (5, "years"),
        "disclosures": (5, "years"),
        "certificates": (5, "years"),
        "deletion_orders": (5, "years"),
        "seals": (5, "years"),
        "views": (24, "calendar_months"),
        "audit_events": (5, "years"),
        "login_attempts": (30, "calendar_days"),
        "nonces": (1, "calendar_days"),
        "rate_counters": (1, "calendar_days"),
        "cookie_choice": (12, "calendar_months"),
        "spam": (30, "calendar_days"),
        "deletion_reserve": (3, "calendar_days"),
        "unanswered_wait": (30, "calendar_days"),
        "backups": (30, "calendar_days"),
        "package_link": (5, "calendar_days"),
        "case_link": (7, "calendar_days"),
        "security_review": (6, "calendar_months"),
    }


def test_statutory_terms_are_all_to_be_confirmed(group):
    rows = [row for row in group.terms if row.group == "statutory"]
    assert {row.name: (row.value, row.unit, row.confirm, row.enabled) for row in rows} == {
        "answer": (7, "business_days", True, True),
        "extension": (7, "business_days", True, True),
        "refusal": (5, "business_days", True, True),
        "notify_recipients": (3, "business_days", True, True),
        "child_case": (3, "business_days", True, True),
    }


def test_every_text_of_both_profiles_differs_between_languages_or_is_a_proper_name(group, portal):
    for profile in (group, portal):
        for text in (
            profile.about,
            profile.inquiry_subject,
            *(m.purpose for m in profile.mailboxes),
        ):
            assert len({text.az, text.en, text.ru}) == 3


def test_cookies_are_those_that_the_site_may_set(group):
    assert [(row.name, row.category) for row in group.cookies] == [
        ("cookie_choice", "necessary"),
        ("case_session", "necessary"),
        ("admin_session", "necessary"),
        ("csrftoken", "necessary"),
        ("_ga", "analytics"),
        ("_ga_*", "analytics"),
    ]


def test_second_profile_has_one_controller_no_form_and_no_version_number(portal):
    assert portal.key == "esocial"
    assert [row.slug for row in portal.entities] == ["portal"]
    assert (portal.has_form, portal.shows_version_number) == (False, False)
    assert portal.inquiry_email == "info@sosial.gov.az"
    assert portal.hosts == (portal.main_host,)
    assert portal.services == ()
    assert [day.date for day in portal.calendar] == [date(2026, 12, 30)]


def test_lookups_answer_by_slug_and_refuse_the_unknown(group):
    assert group.entity("consulting").tin == "2009638161"
    assert group.mailbox("group").entity == ""
    assert group.mailbox_of("solutions").slug == "solutions"
    assert group.mailbox_of("").slug == "group"
    assert group.service("tax").entity == "consulting"
    assert [row.slug for row in group.services_of("")] == ["other"]
    assert group.recipient("whatsapp").abroad is True
    assert group.reference("personal-data").number == "998-IIIQ"
    assert group.term("statutory", "answer").value == 7
    for look in (group.entity, group.mailbox, group.mailbox_of, group.service, group.recipient):
        with pytest.raises(LookupError):
            look("nowhere")
    with pytest.raises(LookupError):
        group.term("schedule", "answer")


def test_mail_without_a_company_leaves_from_the_group_or_the_only_mailbox(group, portal):
    assert group.default_mailbox.slug == "group"
    assert portal.default_mailbox.slug == "portal"


def test_host_of_a_company_leads_to_its_page(group, portal):
    assert group.redirect_of("solutions") == "emsargroup.az/solutions"
    assert portal.redirect_of("portal") == ""


def test_profile_is_read_without_django():
    code = (
        "import sys; from emsar.entities.profile import read_profile; "
        f"read_profile({str(PORTAL)!r}); print([m for m in sys.modules if m.startswith('django')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_text_in_a_language_that_we_do_not_write_is_an_error():
    texts = Texts("a", "b", "c")
    assert [texts.get(language) for language in ("az", "en", "ru")] == ["a", "b", "c"]
    with pytest.raises(ValueError, match="'de'"):
        texts.get("de")
