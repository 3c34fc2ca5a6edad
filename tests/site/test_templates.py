"""The layouts of the policies and of the form, with whatever their rooms hand to them."""

from datetime import date

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from emsar.datamap import terms
from emsar.site.frame import Frame
from tests.site.test_pages import Page

SECTIONS = [
    ("s-1", "1", "First things", []),
    ("s-2", "2", "Details", [("s-2-1", "2.1", "One detail", [])]),
]
TEXT = {"title": "Privacy Policy", "html": mark_safe("<p id='E-0a'>Text</p>"), "sections": SECTIONS}
LINKS = {"archive_url": "/en/privacy-policy/versions/", "current_url": "/en/privacy-policy/"}


def version(**fields) -> dict[str, object]:
    day = date(2026, 4, 28)
    return {"number": "1.0", "effective_date": day, "is_current": True, **fields}


@pytest.fixture
def render(group, monkeypatch):
    monkeypatch.setattr(terms, "_SOURCES", {"policy": lambda name: 2})

    def rendered(template: str, profile=group, **context) -> str:
        with translation.override("en"):
            frame = Frame(profile, "en", "/en/x/")
            return render_to_string(template, {"site": frame, **context})

    return rendered


def policy(render, template: str = "policies/version.html", **fields) -> str:
    profile = fields.pop("profile", None)
    more = {"profile": profile} if profile else {}
    return render(template, version=version(**fields), text=TEXT, page=LINKS, **more)


def test_contents_link_every_section_for_both_widths(render):
    page = Page(policy(render, "policies/current.html"))
    for anchor in ("s-1", "s-2", "s-2-1"):
        assert len(page.all("a", href=f"#{anchor}")) == 2


def test_policy_leads_home_and_to_its_archive(render):
    page = Page(policy(render, "policies/current.html"))
    assert page.all("a", href="/en/", **{"class": "back"})
    assert page.all("a", href=LINKS["archive_url"])


def test_text_stands_as_it_was_published(render):
    assert "<p id='E-0a'>Text</p>" in policy(render)


def test_text_without_sections_has_no_empty_contents(render):
    text = {**TEXT, "sections": []}
    html = render("policies/current.html", version=version(), text=text, page=LINKS)
    assert 'aria-label="Contents"' not in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_current": True}, None),
        ({"is_current": False}, "no longer in force"),
        ({"is_current": False, "is_upcoming": True}, "not in force yet"),
    ],
)
def test_version_says_whether_it_is_in_force(render, fields, words):
    html = policy(render, **fields)
    assert html.count('class="note"') == (0 if words is None else 1)
    known = ("no longer in force", "not in force yet")
    assert [one for one in known if one in html] == ([] if words is None else [words])


def test_organisation_without_version_numbers_shows_the_day_of_the_update(render, portal):
    assert "Updated: 28.04.2026" in policy(render, profile=portal)
    assert "Updated" not in policy(render)


def test_archive_lists_states_dates_and_reasons(render):
    rows = [
        {**version(), "url": f"/{state}/", "state": state, "reason": f"Because {state}"}
        for state in ("upcoming", "current", "past")
    ]
    html = render("policies/archive.html", page={"title": "Privacy Policy"}, versions=rows)
    words = ["Not in force yet", "Because upcoming", "In force", "Because current"]
    words += ["No longer in force", "Because past"]
    places = [html.index(f">{word}<") for word in words]
    assert places == sorted(places)
    assert html.count("Effective date: 28 April 2026") == 3
    assert html.count("Version 1.0") == 3


class Enquiry(forms.Form):
    name = forms.CharField(label="Name", help_text="So that we can address you.")
    email = forms.EmailField(label="E-mail")
    company = forms.CharField(label="Company", required=False, help_text="For context.")
    service = forms.ChoiceField(label="Service", choices=[("tax", "Tax"), ("hr", "HR")])
    project = forms.CharField(label="Project", widget=forms.Textarea)
    website = forms.CharField(required=False)


CONSENT = {
    "sentence": mark_safe("<p>You agree.</p>"),
    "details": mark_safe("<h3>In full</h3>"),
}


def form_page(render, data=None, **context) -> str:
    return render("inbox/form.html", form=Enquiry(data), consent=CONSENT, token="signed", **context)


def test_every_field_has_a_label_and_its_purpose(render):
    page = Page(form_page(render))
    labels = {label["for"] for label in page.all("label")}
    for name in ("name", "email", "company", "service", "project"):
        assert f"id_{name}" in labels
    (company,) = page.all("input", name="company")
    assert company["aria-describedby"] == "id_company_helptext"
    assert page.all("p", id="id_company_helptext")


def test_optional_field_says_so(render):
    assert form_page(render).count("(optional)") == 1


def test_form_has_its_hidden_fields_the_consent_and_the_button(render):
    html = form_page(render)
    page = Page(html)
    assert page.all("input", name="token", value="signed", type="hidden")
    assert html.index("<p>You agree.</p>") < html.index("<h3>In full</h3>")
    assert html.index("<h3>In full</h3>") < html.index(">Send Request</button>")
    (form,) = page.all("form")
    assert (form["method"], form["action"]) == ("post", "/en/free-consultation/")


def test_trap_is_out_of_everybodys_way(render):
    page = Page(form_page(render, {"website": "http://spam.example"}))
    (trap,) = page.all("input", name="website")
    assert (trap["tabindex"], trap["autocomplete"]) == ("-1", "off")
    assert page.all("div", **{"class": "trap", "aria-hidden": "true"})


def test_faults_stand_beside_their_fields_and_in_a_summary_that_links_them(render):
    html = form_page(render, {"name": "Ada <b>", "email": "wrong", "service": "tax"})
    page = Page(html)
    (email,) = page.all("input", name="email")
    assert email["aria-invalid"] == "true"
    assert email["aria-describedby"] == "id_email_error"
    assert page.all("ul", id="id_email_error")
    assert [link["href"] for link in page.all("a") if "#id_" in (link["href"] or "")] == [
        "#id_email",
        "#id_project",
    ]
    assert 'value="Ada &lt;b&gt;"' in html
    assert "To correct:" in html.partition("</title>")[0]


def test_form_without_faults_has_no_summary(render):
    assert 'class="summary"' not in form_page(render)


def test_notice_is_announced(render):
    assert '<p class="note" role="alert">The text has changed.</p>' in form_page(
        render, notice="The text has changed."
    )


@pytest.mark.parametrize(
    "template",
    [
        "inbox/sent.html",
        "inbox/withdraw.html",
        "inbox/withdrawn.html",
        "inbox/invalid_link.html",
    ],
)
def test_pages_about_one_request_are_not_for_search_engines(render, template):
    html = render(template, reference="K7M4-Q2XD", days=30)
    assert '<meta name="robots" content="noindex">' in html
    assert 'rel="canonical"' not in html


def test_sent_page_shows_the_reference(render):
    html = render("inbox/sent.html", reference="K7M4-Q2XD")
    assert '<p class="reference">K7M4-Q2XD</p>' in html
    assert "within 2 business days" in html


def test_withdrawal_is_one_button_without_data(render):
    page = Page(render("inbox/withdraw.html"))
    assert len(page.all("button")) == 1
    assert page.all("input") == []
