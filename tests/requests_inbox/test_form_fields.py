"""What each field takes, and what it says about the rest (E-3.1)."""

import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from requests_inbox.forms import MAX_COMPANY, MAX_NAME, MAX_PROJECT, ConsultationForm
from requests_inbox.models import ConsultationRequest
from tests.requests_inbox.visiting import FILLED_IN, Visitor, field_value, said_beside, summary

pytestmark = pytest.mark.django_db
LANGUAGES = ("az", "en", "ru")
RTL = "\u202e"  # right-to-left override
ALEF = "\u0627\u0644\u0641"


def form(**changed: object) -> ConsultationForm:
    return ConsultationForm(FILLED_IN | changed)


def errors(**changed: object) -> dict[str, list[str]]:
    return {field: list(map(str, found)) for field, found in form(**changed).errors.items()}


def cleaned(field: str, /, **changed: object) -> object:
    filled = form(**changed)
    assert filled.errors == {}
    return filled.cleaned_data[field]


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_has_the_five_fields_and_says_what_each_is_for(client, language):
    page = Visitor(client, language).open().page
    main = page.partition("<main")[2].partition("</main>")[0]
    names = re.findall(r'<(?:input|select|textarea) [^>]*name="(\w+)"', main)
    assert names == ["token", "name", "email", "company", "service", "project", "website"]
    for field in ("name", "email", "company", "service", "project"):
        assert f'<label for="id_{field}">' in page
        assert f'id="id_{field}_helptext"' in page
        assert re.search(rf'id="id_{field}"[^>]*aria-describedby="id_{field}_helptext"', page) or (
            re.search(rf'aria-describedby="id_{field}_helptext"[^>]*id="id_{field}"', page)
        )
    assert "phone" not in names  # E-3.1g: no number is asked for


def test_warning_about_sensitive_data_stands_beside_the_project(client):
    page = Visitor(client).open().page
    help_text = page.partition('id="id_project_helptext"')[2].partition("</p>")[0]
    for word in ("health", "family life", "religion", "nationality", "convictions"):
        assert word in help_text


def test_services_are_those_of_the_registry_in_its_order(client):
    page = Visitor(client, "az").open().page
    options = re.findall(r'<option value="([^"]*)"', page)
    assert options == [
        *("", "it-solutions", "software-development", "cybersecurity", "infrastructure"),
        *("3d-studio", "accounting", "hr", "tax", "customs", "other"),
    ]


@pytest.mark.parametrize("service", ["customs", "nonsense", "\x00", '"><script>', ""])
def test_address_may_choose_a_service(client, service):
    page = client.get("/en/free-consultation/", {"service": service}).text
    assert field_value(page, "service") == ("customs" if service == "customs" else "")
    assert "<script>" not in page


@pytest.mark.parametrize("missing", ["name", "email", "service", "project"])
@pytest.mark.parametrize("nothing", ["", "   ", "\n\t", None])
def test_required_field(missing, nothing):
    sent = {name: value for name, value in FILLED_IN.items() if name != missing}
    if nothing is not None:
        sent[missing] = nothing
    assert list(ConsultationForm(sent).errors) == [missing]


@pytest.mark.parametrize("company", ["", "   ", None])
def test_company_is_optional_and_empty_is_null(company):
    sent = {name: value for name, value in FILLED_IN.items() if name != "company"}
    if company is not None:
        sent["company"] = company
    filled = ConsultationForm(sent)
    assert filled.is_valid()
    assert filled.cleaned_data["company"] is None


@pytest.mark.parametrize(
    ("field", "limit"), [("name", MAX_NAME), ("company", MAX_COMPANY), ("project", MAX_PROJECT)]
)
def test_length_is_limited(field, limit):
    assert errors(**{field: "ə" * limit}) == {}
    (message,) = errors(**{field: "ə" * (limit + 1)})[field]
    assert str(limit) in message.replace("\N{NO-BREAK SPACE}", "").replace(",", "")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Aysel@Example.COM", "Aysel@example.com"),
        ("  a@example.com \n", "a@example.com"),
        ("a+b@example.com", "a+b@example.com"),
        ("a@пример.испытание", "a@xn--e1afmkfd.xn--80akhbyknj4f"),
        ("a@şirkət.az", "a@xn--irkt-45a71m.az"),
        ("a@EXAMPLE。com", "a@example.com"),
    ],
)
def test_address_is_taken_with_an_ascii_local_part_and_an_idna_domain(typed, stored):
    assert cleaned("email", email=typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *("a", "a@", "@example.com", "a@b", "a b@example.com", "ə@example.com", '"a"@example.com'),
        *("a@example..com", "a@-example.com", "a@example.com\nBcc: b@example.com"),
        *("a@exam\nple.com", "a\r\n@example.com", "a@example.com,b@example.com", "a@[127.0.0.1]"),
        *("a@example.com\x00", "a\x00@example.com", f"a@{RTL}example.com", "a@\u200bexample"),
        *("a@xn--a.az", "<a@example.com>", "a@example.com>", "a" * 250 + "@example.com"),
        *("a@" + "b" * 64 + ".az", ".a@example.com", "a@localhost"),
    ],
)
def test_address_that_cannot_be_written_to_is_refused(typed):
    assert list(errors(email=typed)) == ["email"]


@pytest.mark.parametrize("field", ["name", "company"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_one_line_fields_refuse_every_kind_of_line_end(field, end):
    assert errors(**{field: f"Aysel{end}Bcc: b@example.com"}) == {
        field: ["Please write this on one line."]
    }


@pytest.mark.parametrize("mark", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_marks_that_turn_the_direction_of_other_text_are_refused(mark):
    message = ["Please leave out invisible control characters."]
    assert errors(name=f"Aysel{mark}x", company=f"x{mark}") == {"name": message, "company": message}


def test_nul_is_refused_once_in_every_text():
    message = ["Null characters are not allowed."]
    found = errors(name="A\x00", company="\x00A", project="A\x00B")
    assert found == {"name": message, "company": message, "project": message}


@pytest.mark.parametrize("name", ["123", "—", "!!!", "\u0301", "\u200b"])
def test_name_has_letters(name):
    assert errors(name=name) == {"name": ["Please write your name in letters."]}


@pytest.mark.parametrize(
    "name",
    [
        "İlqar Əliyev",
        "Ольга О'Нил-Петрова",
        ALEF,
        "李小龙",
        "Zoe\u0308",
        "Jean-Luc d’Arc",
        "X Æ A-12",
    ],
)
def test_names_of_all_scripts_are_taken(name):
    assert cleaned("name", name=name)


def test_combining_characters_are_composed():
    assert cleaned("name", name="Zoe\u0308") == "Zoë"
    assert cleaned("project", project="e\u0301" * 10) == "é" * 10
    # Marks that compose with nothing stay: they are text.
    assert cleaned("project", project="a" + "\u0334" * 50) == "a" + "\u0334" * 50


def test_project_keeps_its_lines_and_drops_other_control_characters():
    typed = "one\r\ntwo\rthree\n\tfour\x07\x1b[31m\x85"
    assert cleaned("project", project=typed) == "one\ntwo\nthree\n\tfour[31m"


def test_lines_count_as_one_character_each():
    assert errors(project="\r\n".join("x" * (MAX_PROJECT // 2))) == {}


@pytest.mark.parametrize("service", ["nonsense", "CUSTOMS", "0", "customs' OR 1=1", "\x00"])
def test_unknown_service_is_refused(service):
    message = "Please choose one of the services in the list."
    assert errors(service=service) == {"service": [message]}


def test_trap_is_sprung_by_whoever_fills_everything():
    assert errors(website="http://example.com") == {
        "website": ["Please leave this field empty; a program may have filled it in."]
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_summary_leads_to_each_wrong_field_and_what_was_typed_stays(client, language):
    visitor = Visitor(client, language).open()
    typed = {
        "name": "A\nB",
        "email": "nowhere",
        "company": "c" * 201,
        "service": "none",
        "project": "p" * 5001,
    }
    response = visitor.send(**typed)
    assert response.status_code == 422
    page = response.text
    found = summary(page)
    assert [field for field, _words in found] == ["name", "email", "company", "service", "project"]
    for field, words in found:
        assert words.endswith(f": {said_beside(page, field)[0]}")
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', page)
    kept = {name: field_value(page, name) for name in ("email", "company", "project")}
    assert kept == {name: typed[name] for name in kept}
    assert field_value(page, "name").split() == ["A", "B"]
    assert ConsultationRequest.objects.count() == 0


@pytest.mark.parametrize("field", ["name", "company", "project", "email", "service", "website"])
def test_html_comes_back_as_text(client, field):
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>&lt;'
    # Something else is wrong as well, so that the form comes back.
    changed = {"email": "nowhere", field: hostile}
    page = Visitor(client).open().send(**changed).text
    assert "<script" not in page
    assert "<img" not in page
    if field in {"name", "company", "project"}:
        assert field_value(page, field) == hostile


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(sorted(FILLED_IN)), st.text(max_size=300)))
def test_no_text_at_all_breaks_the_form(sent):
    filled = form(**sent)
    if filled.is_valid():
        entry = filled.cleaned_data
        assert entry["email"].isascii()
        lines = [entry["name"], entry["email"], entry["company"] or ""]
        assert all(len(line.splitlines()) <= 1 for line in lines)
    else:
        assert set(filled.errors) <= set(FILLED_IN)
