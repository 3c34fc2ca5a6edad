"""Placeholders: every fact comes from the registry or the version, and a missing one is said."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from emsar.entities.profile import Texts
from emsar.entities.registry import registry
from policies.blocks import escape
from policies.facts import Facts, MissingFactError
from policies.rendering import Rendered, render

pytestmark = pytest.mark.django_db
TERMS = {"reply_within": 1, "cookie_choice_lifetime": 12, "analytics_cookie_lifetime": 14}


@pytest.fixture
def facts() -> Facts:
    day = date(2026, 4, 28)
    return Facts(registry(), "en", "privacy-policy", "1.0", day, TERMS)


def rendered(source: str, facts: Facts) -> Rendered:
    return render(source, facts)


@pytest.mark.parametrize(
    ("placeholder", "value"),
    [
        ("version", "1.0"),
        ("effective", "28 April 2026"),
        ("brand", "EMSAR GROUP"),
        ("host.main", "emsargroup.az"),
        ("hosts", "emsargroup.az, emsarsolutions.az, emsarconsulting.az"),
        ("term.reply_within", "1 business day"),
        ("entity.solutions.name", "EMSAR SOLUTIONS LLC"),
        ("entity.solutions.tin", "2009619051"),
        ("entity.consulting.redirect", "emsargroup.az/consulting"),
        ("mailbox.group", "info@emsargroup.az"),
        ("authority.service", "Electronic Security Service"),
        ("authority.website", "https://mincom.gov.az"),
        ("legal.civil-code", "Civil Code of the Republic of Azerbaijan"),
        ("label.send_request", "Send Request"),
        ("inquiry.email", "info@emsargroup.az"),
        ("inquiry.subject", "Personal data inquiry"),
        ("url.home", "/en/"),
        ("url.form", "/en/free-consultation/"),
        ("url.privacy_policy", "/en/privacy-policy/"),
        ("url.cookie_policy", "/en/cookie-policy/"),
        ("url.this_version", "/en/privacy-policy/1.0/"),
    ],
)
def test_inline_placeholder(facts, placeholder, value):
    result = rendered(f"A {{{{ {placeholder} }}}}.", facts)
    assert result.article.html == f"<p>A {value}.</p>\n"
    assert (result.used, result.missing) == ({placeholder}, [])


@pytest.mark.parametrize(
    "placeholder",
    [
        *("nothing", "host.other", "term.coffee_break", "term.minimum_age", "entity.nobody.name"),
        *("entity.solutions.shoe_size", "mailbox.nobody", "legal.none", "label.other", "url.none"),
        *(
            "entity.solutions",
            "version.x",
            "brand.x",
            "inquiry.phone",
            "authority.confirm",
            "entity.solutions.__class__",
            "authority.nothing",
            "inquiry",
        ),
        *("authority.phone", "contact_channels"),
    ],
)
def test_unknown_or_empty_placeholder_is_missing(facts, placeholder):
    result = rendered(f"A {{{{ {placeholder} }}}}.", facts)
    assert result.missing == [placeholder]


def test_version_without_a_date_has_none_to_print(facts):
    assert rendered("{{ effective }}", replace(facts, effective=None)).missing == ["effective"]


def test_entity_that_redirects_nowhere_has_no_redirect(facts):
    alone = [replace(entity, host="") for entity in facts.profile.entities]
    portal = replace(facts, profile=replace(facts.profile, entities=tuple(alone)))
    assert rendered("{{ entity.solutions.redirect }}", portal).missing


def test_organisation_without_the_form_has_no_link_to_it(facts):
    formless = replace(facts, profile=replace(facts.profile, has_form=False))
    with pytest.raises(MissingFactError):
        formless.inline("url.form")


def test_facts_are_taken_literally(facts):
    odd = replace(
        facts, profile=replace(facts.profile, brand="A_B *c* <i> [d](e) `f` & # | {E-1a}")
    )
    html = rendered("{{ brand }} x", odd).article.html
    assert html == "<p>A_B *c* &lt;i&gt; [d](e) `f` &amp; # | {E-1a} x</p>\n"
    assert escape("two\nlines &copy;") == "two lines \\&copy;"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("contact_channels", ["<li>Email: info@emsargroup.az</li>"]),
        ("recipients", ["<th>Country</th>", '<td data-label="Recipient">Hosting provider</td>']),
        (
            "cookies",
            [
                ">12 months</td>",
                ">14 months</td>",
                ">Until the browser is closed",
                ">analytics</td>",
            ],
        ),
        ("mailboxes", ["<li>info@emsarconsulting.az (Requests about accounting"]),
        ("entities", ["EMSAR CONSULTING LLC: Accounting, HR, tax and customs;", "TIN 2009638161"]),
        (
            "authority_contact",
            ["<li>Electronic Security Service, Ministry of", "https://mincom.gov.az"],
        ),
    ],
)
def test_block_placeholder(facts, block, expected):
    result = rendered(f"{{E-9a}} {{{{ {block} }}}}\n", facts)
    assert result.missing == []
    assert result.article.clauses == ["E-9a"]
    assert 'id="E-9a"' in result.article.html
    for words in expected:
        assert words in result.article.html


def test_contact_channels_hold_phone_and_whatsapp_when_there_are_any(facts):
    profile = replace(facts.profile, phone="+994123456789", whatsapp="+994501234567")
    html = rendered("{{ contact_channels }}", replace(facts, profile=profile)).article.html
    assert "<li>Phone: +994123456789</li>" in html
    assert "<li>WhatsApp: +994501234567</li>" in html


def test_authority_is_shown_with_every_channel_that_is_known(facts):
    authority = replace(
        facts.profile.authority, email="a@b.gov.az", phone="+994125980000", website=""
    )
    profile = replace(facts.profile, authority=authority)
    html = rendered("{{ authority_contact }}", replace(facts, profile=profile)).article.html
    assert "<li>Email: a@b.gov.az</li>" in html
    assert "<li>Phone: +994125980000</li>" in html
    assert "<a" not in html


def test_block_without_rows_is_missing(facts):
    empty = replace(facts, profile=replace(facts.profile, recipients=()))
    assert rendered("{E-6.2a} {{ recipients }}", empty).missing == ["recipients"]


def test_block_whose_term_is_not_stated_is_missing(facts):
    silent = replace(facts, terms={})
    assert rendered("{{ cookies }}", silent).missing == ["cookies: term.cookie_choice_lifetime"]


def test_language_follows_the_facts(facts):
    with translation.override("ru"):
        russian = replace(facts, language="ru")
        html = rendered("{{ entity.solutions.name }}, {{ effective }}", russian).article.html
    assert html == "<p>ООО «EMSAR SOLUTIONS», 28 апреля 2026 г.</p>\n"


def test_values_in_three_languages_are_texts(facts):
    name = Texts(az="Ad", en="Name", ru="Имя")
    authority = replace(facts.profile.authority, name=name)
    named = replace(facts, profile=replace(facts.profile, authority=authority))
    assert named.inline("authority.name") == "Name"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<!-- check: a -->\nA", "<p>A</p>\n"),
        ("<!-- two\nlines -->\n\nA", "<p>A</p>\n"),
        ("A\n\n<!-- a -->\n\nB\n\n<!-- b -->\n", "<p>A</p>\n<p>B</p>\n"),
        # Not alone on its line: shown, so that nobody loses a sentence unseen.
        ("<!-- a --> A\n\n<!-- b -->\n", "<p>&lt;!-- a --&gt; A</p>\n"),
    ],
)
def test_remarks_of_translators_are_left_out(facts, source, html):
    assert rendered(source, facts).article.html == html
