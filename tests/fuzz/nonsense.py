"""What people, programs and attackers may type, and what a browser may say beside it."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import strategies as st

# Of all fields of all public forms, so that each meets nonsense and each other's values.
FIELDS = [
    *("name", "email", "company", "service", "project", "token", "website", "kind", "details"),
    *("choice", "shown", "from", "next", "mine", "listed", "username", "password", "again", "code"),
    *("body", "value", "field", "proposal", "answer", "nonce", "csrfmiddlewaretoken", "language"),
]
VALUES = [
    *("", "\x00", "\r\nBcc: a@example.com", "' OR 1=1 --", "{{ 7*7 }}", "../../etc/passwd"),
    *("İIıi", "\u202e", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")),
    *("9" * 400, "a@b", "а@example.com", "a@" + "x" * 300 + ".example", "<script>", "%00"),
    *("2026-99-99", "-1", "NaN", "null", "[]", "refuse", "accept", "cybersecurity", "deletion"),
    *("a|b", "a|b|c", "|" * 9, "requests_inbox.consultationrequest|x|name", "//example.com"),
    *("00000000-0000-0000-0000-000000000000", "١٢٣٤٥٦", "x" * 9000, " ", "&"),
    *("'\"><b>", "\u2028", "=1+1"),
]
NASTY = st.sampled_from(VALUES)
TEXT = st.one_of(NASTY, st.text(max_size=60), st.emails())
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept-Language": TEXT,
        "Sec-Fetch-Site": st.sampled_from(["same-origin", "none", "cross-site", "x"]),
        "Origin": st.sampled_from(["null", "http://testserver", "https://example.com", "x"]),
        "If-None-Match": TEXT,
        "Sec-GPC": st.sampled_from(["1", "0", "x"]),
        "Authorization": TEXT,
        "X-Forwarded-For": TEXT,
    },
)
# What a browser says that posts from a page of ours, of today and of before 2023.
AT_HOME = st.sampled_from(
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://testserver"},
        {},
    ]
)
BESIDE = st.fixed_dictionaries(
    {}, optional={"Accept-Language": TEXT, "Sec-GPC": st.just("1"), "User-Agent": TEXT}
)
COOKIES = st.dictionaries(
    st.sampled_from(["cookie_choice", "case_session", "admin_session", "csrftoken", "_ga"]),
    st.text('abcXYZ019.:-_="{}%', max_size=80),
    max_size=3,
)
PART_VALUES = st.one_of(
    NASTY,
    st.text(max_size=40),
    st.uuids().map(str),
    st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True),
).filter(bool)
KINDS = [
    *("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=nonsense"),
    *("multipart/form-data; boundary=x", "multipart/form-data", "application/json"),
    *("text/plain; charset=utf-16", ""),
]
FILES = st.builds(
    lambda name, content, kind: SimpleUploadedFile(f"x{name}", content, kind),
    st.sampled_from(["", "a.exe", "../../a.txt", "\u202etxt.exe", "a\r\nb", "ə" * 300, "%00"]),
    st.binary(max_size=2000),
    st.sampled_from(["", "image/png", "text/html", "application/zip", "x"]),
)


def clean(values: dict[str, str]) -> dict[str, str]:
    """As a header or a cookie may be sent: one line of Latin-1."""
    return {
        name: value.encode("latin-1", "replace")
        .decode("latin-1")
        .translate({10: 32, 13: 32, 0: 32})
        for name, value in values.items()
    }


@st.composite
def filled_in(draw: st.DrawFn, fields: dict[str, Any]) -> dict[str, Any]:
    """A form as its page sends it, with some of its fields changed, missing, or too many."""
    given: dict[str, Any] = {}
    for name, right in fields.items():
        match draw(st.sampled_from(["right", "right", "wrong", "missing", "twice"])):
            case "right":
                given[name] = right
            case "wrong":
                given[name] = draw(TEXT)
            case "twice":
                given[name] = [draw(TEXT), right if isinstance(right, str) else draw(TEXT)]
    more = draw(st.dictionaries(st.sampled_from(FIELDS), TEXT, max_size=2))
    return {**more, **given}


@st.composite
def altered(draw: st.DrawFn, token: str) -> str:
    """A token that nobody was given, as near to one that somebody was as can be."""
    at = draw(st.integers(0, len(token) - 1))
    other = draw(st.sampled_from([c for c in "aZ0_-.:=%é\u202e " if c != token[at]]))
    made = [
        *(token[:at] + other + token[at + 1 :], token[:at] + token[at + 1 :], token[:at] + "x"),
        *(token + other, other + token, token + token, token.swapcase(), token[::-1], f"{token}=="),
        *(token[:at] + "%00" + token[at:], token[:at] + "\n" + token[at:]),
    ]
    return draw(st.one_of(st.sampled_from([one for one in made if one != token]), PART_VALUES))
