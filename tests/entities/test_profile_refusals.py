"""A profile is refused whole, and the refusal names every bad key with its reason."""

import pytest

from emsar.entities.profile import Problem, ProfileError, parse_profile, read_profile
from tests.entities.conftest import GROUP, PORTAL

TEXT = GROUP.read_text(encoding="utf-8")
OTHER = 'slug = "other"   # no company yet: a person decides\nmailbox = "group"'
TAX = 'slug = "tax"   # decision E-2h\nentity = "consulting"'
SOLUTIONS_MAIL = 'address = "info@emsarsolutions.az"\nentity = "solutions"'


def refusal(*changes: tuple[str, str], text: str = TEXT) -> tuple[Problem, ...]:
    """The problems found after replacing the first occurrence of each old text by the new."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(ProfileError) as caught:
        parse_profile(text)
    return caught.value.problems


def only(*changes: tuple[str, str], text: str = TEXT) -> Problem:
    (problem,) = refusal(*changes, text=text)
    return problem


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        (('brand = "EMSAR GROUP"\n', ""), "brand", "this key is missing"),
        (('brand = "EMSAR GROUP"', 'brand = ""'), "brand", "must not be empty"),
        (('brand = "EMSAR GROUP"', "brand = 7"), "brand", "must be a text in quotes"),
        (('brand = "EM', 'colour = "red"\nbrand = "EM'), "colour", "this key is not known"),
        (("[about]\naz", "[about]\nde = 'x'\naz"), "about.de", "this key is not known"),
        (
            ('ru = "Запрос о персональных данных"\n', ""),
            "inquiry.subject.ru",
            "this key is missing",
        ),
        (("has_form = true", 'has_form = "yes"'), "has_form", "must be true or false"),
        (("has_form = true", "has_form = 1"), "has_form", "must be true or false"),
        (
            ('main_host = "emsargroup.az"', 'main_host = "EMSARGROUP"'),
            "main_host",
            "'EMSARGROUP' is not a host name in small ASCII letters",
        ),
        (
            ('"2009619051"', '"200961905"'),
            "entities[solutions].tin",
            "'200961905' is not a TIN of 10 digits",
        ),
        (
            ('"2009619051"', '"200961905x"'),
            "entities[solutions].tin",
            "'200961905x' is not a TIN of 10 digits",
        ),
        (
            ('"2009619051"', '"２００９６１９０５１"'),
            "entities[solutions].tin",
            "'２００９６１９０５１' is not a TIN of 10 digits",
        ),
        (
            ('"https://emsarsolutions.az"', '"http://emsarsolutions.az"'),
            "entities[solutions].website",
            "'http://emsarsolutions.az' is not an https:// address",
        ),
        (
            ('"https://emsarsolutions.az"', '"https://[emsarsolutions.az"'),
            "entities[solutions].website",
            "'https://[emsarsolutions.az' is not an https:// address",
        ),
        (
            ('email = "info@emsarsolutions.az"', 'email = "info@emsarsolutions"'),
            "entities[solutions].email",
            "'info@emsarsolutions' is not an e-mail address",
        ),
        (
            ("date = 2010-05-11", 'date = "2010-05-11"'),
            "legal[personal-data].date",
            "must be a date (2026-04-28, without quotes)",
        ),
        (
            ("date = 2010-05-11", "date = 2010-05-11T10:00:00"),
            "legal[personal-data].date",
            "must be a date (2026-04-28, without quotes)",
        ),
        (
            ("review_months = 6", "review_months = 0"),
            "legal[personal-data].review_months",
            "must be a positive whole number, not 0",
        ),
        (
            ("opens = 09:00:00", "opens = 9"),
            "business_hours.opens",
            "must be a time of day (09:00:00, without quotes)",
        ),
        (
            ("spam = { days = 30 }", "spam = { days = -1 }"),
            "schedule.spam.days",
            "must be a positive whole number, not -1",
        ),
        (
            ("spam = { days = 30 }", "spam = { days = true }"),
            "schedule.spam.days",
            "must be a whole number",
        ),
        (
            ("spam = { days = 30 }", "spam = { weeks = 4, days = 30 }"),
            "schedule.spam.weeks",
            "this key is not known",
        ),
        (
            ("spam = { days = 30 }", "spam = { days = 30, months = 1 }"),
            "schedule.spam",
            "needs exactly one of days, working_days, months, years",
        ),
        (
            ("spam = { days = 30 }", "spam = {}"),
            "schedule.spam",
            "needs exactly one of days, working_days, months, years",
        ),
        (("spam = { days = 30 }", "spam = 30"), "schedule.spam", "must be a table"),
        (
            ('website = "https://mincom.gov.az"', 'website = "https://mincom.az"'),
            "authority.website",
            "the authority's address must end in .gov.az (S-0b)",
        ),
        (
            ('party = "first"', 'party = "second"'),
            "cookies[cookie_choice].party",
            "'second' is not one of first, third",
        ),
        (
            ('lifetime_term = "cookie_choice_lifetime"\n', ""),
            "cookies[cookie_choice].lifetime",
            "give either lifetime_term or lifetime in three languages",
        ),
        (
            ('adequacy_note = "No data', 'certificate_url = "https://x.az"\nother_note = "No data'),
            "recipients[google-analytics].adequacy_note",
            "a recipient abroad needs a note on equal protection (S-3f)",
        ),
        (
            ('default_language = "az"', 'default_language = "de"'),
            "default_language",
            "'de' is not one of az, en, ru",
        ),
        (
            ('slug = "3d-studio"', 'slug = "3D Studio"'),
            "services[3D Studio].slug",
            "'3D Studio' is not a slug (small letters, digits, single hyphens)",
        ),
        (
            ('phone = ""', 'phone = "012 345"'),
            "phone",
            "'012 345' is not a number such as +994123456789",
        ),
    ],
)
def test_bad_key_is_refused_by_name_with_its_reason(change, key, reason):
    assert Problem(key, reason) in refusal(change)


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        (
            (
                TAX,
                'slug = "tax"\nentity = "taxes"',
            ),
            "services[tax].entity",
            "there is no entity 'taxes'",
        ),
        (
            (
                OTHER,
                'slug = "other"\nmailbox = "nobody"',
            ),
            "services[other].mailbox",
            "there is no mailbox 'nobody'",
        ),
        (
            (
                OTHER,
                'slug = "other"\nmailbox = "solutions"',
            ),
            "services[other].mailbox",
            "mailbox 'solutions' belongs to another entity",
        ),
        (
            (
                SOLUTIONS_MAIL,
                'address = "info@emsarsolutions.az"\nentity = "lost"',
            ),
            "mailboxes[solutions].entity",
            "there is no entity 'lost'",
        ),
        (('slug = "hr"', 'slug = "tax"'), "services.slug", "tax stands 2 times"),
        (
            ('slug = "consulting"', 'slug = "solutions"'),
            "entities.slug",
            "solutions stands 2 times",
        ),
        (('"2009638161"', '"2009619051"'), "entities.tin", "2009619051 stands 2 times"),
        (
            ('host = "emsarconsulting.az"', 'host = "emsargroup.az"'),
            "entities.host",
            "emsargroup.az is the main host and cannot redirect",
        ),
        (
            ("closes = 18:00:00", "closes = 08:00:00"),
            "business_hours.closes",
            "must be later than business_hours.opens",
        ),
        (('"Asia/Baku"', '"Asia/Atlantis"'), "timezone", "'Asia/Atlantis' is not a time zone"),
        (("spam = { days = 30 }\n", ""), "schedule.spam", "this key is missing"),
        (
            ("spam = { days = 30 }", "spam = { days = 30 }\njunk = { days = 1 }"),
            "schedule.junk",
            "this key is not known",
        ),
        (
            ("child_case = { working_days = 3, confirm = true }", ""),
            "statutory.child_case",
            "this key is missing",
        ),
    ],
)
def test_pointer_that_leads_nowhere_is_refused(change, key, reason):
    assert Problem(key, reason) in refusal(change)


def test_form_without_services_is_refused():
    text = PORTAL.read_text(encoding="utf-8")
    problem = only(("has_form = false", "has_form = true"), text=text)
    assert problem == Problem("services", "a profile with a form needs at least one service")


def test_all_faults_are_named_at_once():
    problems = refusal(
        ('brand = "EMSAR GROUP"', 'brand = ""'),
        ('"2009619051"', '"12"'),
        ("spam = { days = 30 }", "spam = { days = 0 }"),
    )
    assert [problem.key for problem in problems] == [
        "brand",
        "entities[solutions].tin",
        "schedule.spam.days",
    ]


def test_error_says_every_key_and_reason_in_its_text():
    error = ProfileError("a", "is bad", Problem("b", "is worse"))
    assert str(error) == "a: is bad\nb: is worse"
    assert (error.key, error.reason) == ("a", "is bad")


def test_row_that_is_no_table_is_refused():
    problem = only(('key = "esocial"', 'key = "esocial"\nservices = [7]'), text=PORTAL.read_text())
    assert problem == Problem("services[1]", "must be a table")


def test_row_without_a_slug_is_named_by_its_number():
    problem = only(('slug = "tax"   # decision E-2h\n', ""))
    assert problem == Problem("services[8].slug", "this key is missing")


def test_empty_list_of_entities_is_refused():
    head, _, rest = PORTAL.read_text(encoding="utf-8").partition("[[entities]]")
    text = "entities = []\n" + head + rest[rest.index("[[mailboxes]]") :]
    assert Problem("entities", "must not be empty") in refusal(text=text)


def test_file_that_is_not_toml_is_refused():
    with pytest.raises(ProfileError, match="not valid TOML"):
        parse_profile("key = ")


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path / "nowhere.toml")


def test_ordinary_day_needs_no_name():
    day = '\n[[calendar]]\ndate = 2026-03-25\nkind = "ordinary"\n'
    assert parse_profile(TEXT + day).calendar[0].kind == "ordinary"


def test_day_off_needs_a_name():
    day = '\n[[calendar]]\ndate = 2026-03-25\nkind = "off"\n'
    assert only(text=TEXT + day) == Problem("calendar[2026-03-25].name", "this key is missing")
