"""Mails that a visitor waits for: rendered once, filled in each time, the same as rendered anew."""

import pytest

from emsar.outbox import composing
from emsar.outbox.composing import compose, compose_filled
from emsar.outbox.models import OutboundMail, Purpose

pytestmark = pytest.mark.django_db
FIELDS = {"language": "en", "key": "k", "purpose": Purpose.ROUTING, "to_address": "a@example.com"}
TEXTS = {
    "reference": "7K3Q-9WXF",
    "name": "Aysel",
    "company": "",
    "project": "line\n\nline",
    "reply_language": "az",
    "email": "a@example.com",
    "phone": "",
    "service": "Accounting",
    "received": "today",
    "due": "tomorrow",
    "admin": "http://testserver/admin/",
}


def both(**changed: str) -> tuple[OutboundMail, OutboundMail]:
    context = TEXTS | changed
    return (
        compose("request_arrived", context, **FIELDS),
        compose_filled("request_arrived", context, **FIELDS),
    )


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"company": "Kampaniya"},
        {"phone": "+994501234567", "email": ""},
        {"project": "{{ admin }} {% now 'Y' %} %(reference)s \\1 \\g<0>"},
        {"project": "<b>&amp;</b>"},
    ],
)
def test_filled_mail_is_the_rendered_one(changed):
    rendered, filled = both(**changed)
    assert (filled.subject_line, filled.body) == (rendered.subject_line, rendered.body)


def test_text_that_looks_like_a_place_stays_text():
    _, filled = both(project="\ue0000\ue001 and \ue0001\ue001")
    assert "\ue0000\ue001 and \ue0001\ue001" in filled.body
    assert filled.body.count("7K3Q-9WXF") == 1


def test_subject_is_one_line_and_not_html():
    _, filled = both(service="R&D\nBcc: b@example.com")
    assert filled.subject_line == "Request 7K3Q-9WXF: R&D Bcc: b@example.com"


def test_other_values_are_rendered_with():
    context = {**dict.fromkeys(("name", "reference", "brand", "version", "due"), "x")}
    context |= dict.fromkeys(("policy_url", "withdrawal_url", "inquiry", "subject_words"), "y")
    for months, words in ((1, "1 month after"), (12, "12 months after")):
        fixed = {"controllers": ("One", "Two"), "shows_number": True, "months": months}
        mail = compose_filled("acknowledgement", context | fixed, **FIELDS)
        assert words in mail.body
        assert "- One\n- Two\n" in mail.body


def test_each_shape_is_rendered_once(monkeypatch):
    composing._with_places.cache_clear()
    rendered = []
    render = composing._render
    monkeypatch.setattr(composing, "_render", lambda *words: rendered.append(1) or render(*words))
    for name in ("A", "B", "C"):
        compose_filled("request_arrived", TEXTS | {"name": name}, **FIELDS)
    compose_filled("request_arrived", TEXTS | {"company": "K"}, **FIELDS)
    compose_filled("request_arrived", TEXTS, **FIELDS | {"language": "az"})
    assert len(rendered) == 3
    composing._with_places.cache_clear()
