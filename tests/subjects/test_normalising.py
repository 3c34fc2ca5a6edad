"""Normal forms of addresses: one person, one form; nothing that could become a header."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emsar.subjects.identifiers import format_phone, normalise_email, normalise_phone


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("aysel@example.com", "aysel@example.com"),
        ("  aysel@example.com\n", "aysel@example.com"),
        ("Aysel.M+site@Example.COM", "Aysel.M+site@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("unvan@şirkət.az", "unvan@xn--irkt-45a71m.az"),
        ("unvan@ŞİRKƏT.AZ", "unvan@xn--irkt-45a71m.az"),
        ("unvan@xn--irkt-45a71m.az", "unvan@xn--irkt-45a71m.az"),
        ("почта@пример.рф", None),
        ("info@пример.рф", "info@xn--e1afmkfd.xn--p1ai"),
        ("a@sub.domain.example.az", "a@sub.domain.example.az"),
        (f"{'l' * 64}@example.com", f"{'l' * 64}@example.com"),
    ],
)
def test_email_has_one_form(typed, normal) -> None:
    if normal is None:
        with pytest.raises(ValidationError):
            normalise_email(typed)
    else:
        assert normalise_email(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "@",
        "aysel",
        "aysel@",
        "@example.com",
        "ünvan@şirkət.az",
        # Letters that a search blind to case takes for i and k.
        "ılqar@example.com",
        "\N{KELVIN SIGN}amil@example.com",
        "aysel@example",
        "aysel@localhost",
        "aysel@-example.com",
        "aysel@example..com",
        "aysel@exam ple.com",
        "two words@example.com",
        "a@b@example.com",
        '"a b"@example.com',
        '"a@b"@example.com',
        "aysel@[127.0.0.1]",
        "aysel@example.com,other@example.com",
        "Aysel <aysel@example.com>",
        "aysel@example.com\nBcc: all@example.com",
        "aysel\r\n@example.com",
        "aysel@exam\nple.com",
        "aysel\x00@example.com",
        "aysel@example.com\x00",
        ".aysel@example.com",
        "aysel.@example.com",
        "ay..sel@example.com",
        f"{'l' * 65}@example.com",
        f"a@{'x' * 64}.com",
        f"a@{'.'.join(['x' * 60] * 5)}.com",
        f"{'l' * 64}@{'.'.join(['x' * 62] * 3)}.com",
        # Short enough as it is typed, too long once the domain is in ASCII.
        f"{'l' * 64}@{'.'.join(['əşжğ' * 8] * 4)}.az",
    ],
)
def test_email_that_is_none_is_refused_in_words_for_the_reader(typed) -> None:
    with pytest.raises(ValidationError) as caught:
        normalise_email(typed)
    assert caught.value.messages == ["Enter a valid email address, such as name@example.com."]


@settings(max_examples=60, deadline=None)
@given(st.text() | st.emails() | st.from_regex(r"[^@]{1,8}@[^@]{1,12}\.[a-zə]{2,5}"))
@example("a@b.az\u2028x")
@example("a@ﬁ.az")
def test_email_is_plain_ascii_on_one_line_or_refused(typed: str) -> None:
    try:
        normal = normalise_email(typed)
    except ValidationError:
        return
    assert normal.isascii()
    assert normal.isprintable()
    assert not set(normal) & set(' ",<>()[]\\')
    assert normal.count("@") == 1
    assert len(normal) <= 254
    assert normalise_email(normal) == normal


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("012 345 67 89", "+994123456789"),
        ("(012) 345-67-89", "+994123456789"),
        ("+994 12 345 67 89", "+994123456789"),
        ("00994 12 345 67 89", "+994123456789"),
        ("994 50 123 45 67", "+994501234567"),
        ("050 123 45 67", "+994501234567"),
        ("051 123 45 67", "+994511234567"),
        ("055 212 34 56", "+994552123456"),
        ("070 212 34 56", "+994702123456"),
        ("077 212 34 56", "+994772123456"),
        ("010 223 34 56", "+994102233456"),
        ("+7 495 123-45-67", "+74951234567"),
        ("+90 212 123 45 67", "+902121234567"),
    ],
)
def test_phone_is_e164_and_azerbaijani_without_a_country(typed, e164) -> None:
    assert normalise_phone(typed) == e164
    assert normalise_phone(e164) == e164


@pytest.mark.parametrize(
    "typed", ["", "abc", "123", "+994 99 999", "000 000 00 00", "+", "1" * 300, "\x00"]
)
def test_phone_that_is_none_is_refused_in_words_for_the_reader(typed) -> None:
    with pytest.raises(ValidationError) as caught:
        normalise_phone(typed)
    assert caught.value.messages == ["Enter a valid phone number, such as +994 12 345 67 89."]


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_phone_is_digits_behind_a_plus_or_refused(typed: str) -> None:
    try:
        normal = normalise_phone(typed)
    except ValidationError:
        return
    assert normal[0] == "+"
    assert normal[1:].isascii()
    assert normal[1:].isdigit()


@pytest.mark.parametrize(
    ("stored", "shown"), [("+994123456789", "+994 12 345 67 89"), ("⚠ unreadable", "⚠ unreadable")]
)
def test_phone_is_shown_in_groups_and_whatever_it_is(stored, shown) -> None:
    assert format_phone(stored) == shown
