"""The message that goes out: its headers, its two parts, and what cannot be smuggled into it."""

from email.message import EmailMessage

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from emsar.entities.registry import registry
from emsar.outbox import enclosures
from emsar.outbox.composing import compose, plain
from emsar.outbox.enclosures import Enclosure
from emsar.outbox.messages import _html, build_message
from emsar.outbox.models import OutboundMail, Purpose
from emsar.outbox.sending import send_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(smtp, queue):
    """Queue, send and give back what the server received."""

    def send(**fields: object) -> EmailMessage:
        queue(**fields)
        assert send_due() == 1
        return smtp.mails[-1]

    return send


def parts(message: EmailMessage) -> dict[str, str]:
    return {part.get_content_type(): part.get_content() for part in message.iter_parts()}


def test_addresses_are_those_of_the_row(sent) -> None:
    message = sent(to_address="who@example.com", mailbox="office@example.org")
    (sender,) = message["From"].addresses
    assert (sender.addr_spec, sender.display_name) == (
        "office@example.org",
        registry().organisation.brand,
    )
    assert [a.addr_spec for a in message["To"].addresses] == ["who@example.com"]
    assert (message["Cc"], message["Bcc"], message["Reply-To"]) == (None, None, None)


def test_reply_to_is_the_visitor(sent) -> None:
    message = sent(reply_to="who@example.com", purpose=Purpose.ROUTING)
    assert message["Reply-To"] == "who@example.com"


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        (Purpose.ACKNOWLEDGEMENT, "auto-replied"),
        (Purpose.ROUTING, "auto-generated"),
        (Purpose.STAFF, "auto-generated"),
        (Purpose.PRIVACY_NOTICE, "auto-generated"),
    ],
)
def test_automatic_mail_says_so_and_asks_for_no_automatic_answer(sent, purpose, kind) -> None:
    message = sent(purpose=purpose, automatic=True)
    assert message["Auto-Submitted"] == kind
    assert message["X-Auto-Response-Suppress"] == "All"


def test_reply_of_a_person_is_not_automatic(sent) -> None:
    message = sent(purpose=Purpose.REPLY, automatic=False)
    assert message["Auto-Submitted"] is None
    assert message["X-Auto-Response-Suppress"] is None


def test_message_id_date_and_language_are_those_of_the_row(sent) -> None:
    message = sent(language="ru")
    mail = OutboundMail.objects.get()
    assert message["Message-ID"] == mail.message_id
    assert message["Message-ID"].endswith(f"@{django_settings.PROFILE.main_host}>")
    assert message["Date"].datetime == mail.created_at.replace(microsecond=0)
    assert message["Content-Language"] == "ru"


def test_no_header_names_the_machine_or_the_software(sent) -> None:
    message = sent()
    assert set(message.keys()) <= {
        *("Content-Type", "MIME-Version", "Subject", "From", "To", "Message-ID", "Date"),
        *("Content-Language",),
    }


def test_both_parts_say_the_same_in_every_alphabet(sent) -> None:
    text = "Hörmətli İlqar,\n\nспасибо за вопрос.\nİkinci sətir.\n"
    found = parts(sent(subject_line="Sorğunuz — ответ", body=text))
    assert set(found) == {"text/plain", "text/html"}
    assert found["text/plain"].replace("\r\n", "\n") == text
    assert "Hörmətli İlqar,</p>" in found["text/html"]
    assert "спасибо за вопрос.<br>İkinci sətir.</p>" in found["text/html"]


def test_subject_is_readable_in_every_alphabet(sent) -> None:
    line = "Sorğunuz R-7KQX: cavab — ответ " + "ə" * 80
    assert sent(subject_line=line)["Subject"].strip() == line


def test_html_part_shows_markup_as_text(sent) -> None:
    evil = "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> & \"'"
    page = parts(sent(subject_line="<b>x</b>", body=evil))["text/html"]
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_html_part_loads_nothing(sent) -> None:
    page = parts(sent(body="see https://example.com/x"))["text/html"]
    assert '<a href="https://example.com/x" rel="nofollow">' in page
    for word in ("<img", "<script", "<link", "@import", "url(", "src="):
        assert word not in page


@given(st.text(st.characters(exclude_categories=["Cs"])))
@hypothesis_settings(max_examples=50, deadline=None)
def test_html_part_of_any_text_has_only_our_own_tags(text: str) -> None:
    page = _html(OutboundMail(language="en", subject_line=text), text)
    ours = _html(OutboundMail(language="en", subject_line=""), "x")
    for tag in ("<script", "<img", "<style", "<iframe", "<form", "<body"):
        assert page.count(tag) <= ours.count(tag)


INJECTIONS = ["x\nBcc: all@example.com", "x\r\nBcc: all@example.com", "x\rBcc: a", "x\n\nbody"]


@pytest.mark.parametrize("evil", INJECTIONS)
@pytest.mark.parametrize("column", ["subject_line", "reply_to", "to_address", "mailbox"])
def test_no_column_can_become_another_header(smtp, queue, column, evil) -> None:
    queue(**{column: evil})
    send_due()
    for raw in smtp.keeper.raw:
        assert b"\nBcc:" not in raw.replace(b"\r", b"\n")
    assert smtp.mails == []


@pytest.mark.parametrize("evil", ["x\nBcc: a@example.com", "x\r\n\r\nbody"])
def test_composed_subject_is_one_line(evil) -> None:
    """Templates spread over lines and values with line ends become one line."""
    mail = compose(
        "reply_due",
        {"reference": evil, "url": "", "due": None},
        language="en",
        key="k",
        purpose=Purpose.STAFF,
        to_address="who@example.com",
    )
    assert "\n" not in mail.subject_line
    assert "\r" not in mail.subject_line


def test_body_cannot_end_the_message(sent, smtp) -> None:
    """A line with a single dot ends a mail in SMTP unless the client stuffs it."""
    body = "before\n.\nafter\n..\nFrom here on\n"
    assert parts(sent(body=body))["text/plain"].replace("\r\n", "\n") == body
    assert len(smtp.mails) == 1


def test_long_lines_are_folded_within_the_limit_of_smtp(sent, smtp) -> None:
    body = "ə" * 6000 + "\n"
    assert parts(sent(body=body))["text/plain"].replace("\r\n", "\n") == body
    assert max(map(len, smtp.keeper.raw[0].split(b"\r\n"))) <= 998


def test_compose_renders_in_the_language_of_the_reader_and_fills_in_the_mailbox() -> None:
    context = {"number": 7, "digest": "ab12", "at": None}
    mail = compose(
        "seal_head", context, language="en", key="k", purpose=Purpose.STAFF, to_address="a@b.az"
    )
    assert mail.subject_line == "Head of the evidence chain: 7"
    assert "manage.py verify_audit --head 7:ab12" in mail.body
    assert mail.mailbox == registry().mailbox_of("").address
    assert mail.message_id == f"<{mail.pk}@{django_settings.PROFILE.main_host}>"
    assert mail._state.adding


def test_plain_mail_keeps_its_text() -> None:
    mail = plain("Line", "Body\n", language="az", key="k", purpose=Purpose.REPLY, mailbox="m@b.az")
    assert (mail.subject_line, mail.body, mail.mailbox) == ("Line", "Body\n", "m@b.az")


def test_message_of_an_empty_row_is_still_a_message(queue) -> None:
    mail = queue(subject_line=None, body=None)
    message = build_message(mail, None)
    assert (message.subject, message.body) == ("", "")


@pytest.mark.parametrize("words", ["Sorğunuz qəbul edilib: " + "ə" * 60, "Ваш запрос " * 9, "ə"])
def test_subject_begins_on_its_own_line(sent, smtp, words) -> None:
    message = sent(subject_line=words.strip())
    assert message["Subject"].strip() == words.strip()
    assert not message["Subject"].startswith(" ")


def test_enclosure_goes_along_as_a_file(sent, monkeypatch) -> None:
    found = Enclosure("words.html", "<p>Mətn</p>")
    monkeypatch.setitem(enclosures._SOURCES, "kind", {"key": found}.get)
    message = sent(enclosure="kind:key")
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("words.html", "<p>Mətn</p>")


@pytest.mark.parametrize("code", ["kind:gone", "unknown:key", "nonsense"])
def test_missing_enclosure_is_an_alarm_and_the_mail_goes_out(
    sent, monkeypatch, caplog, code
) -> None:
    monkeypatch.setitem(enclosures._SOURCES, "kind", {}.get)
    message = sent(enclosure=code)
    assert not list(message.iter_attachments())
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
