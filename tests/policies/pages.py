"""What the tests of the policy pages look for in their HTML."""

import re

# Every clause of the privacy policy that is a sentence of its text, section by section.
CLAUSES = (
    "E-0:ab E-1:abcdefghijkl E-2:abcdefghijk E-2.1 E-3.1:abcdefgh E-3.2:abcdefghij E-4:abcdefgh "
    "E-5:abcd E-6.1:ab E-6.2:abc E-6.3 E-6.4 E-6.5:ab E-7.1:abcde E-7.2:abcde E-8:abcdefghijk "
    "E-9:abcde E-10:ab E-11:abcd E-12:abcdef E-13:abc E-14:ab"
)
EVERY_CLAUSE = [
    f"{section}{letter}"
    for section, _, letters in (entry.partition(":") for entry in CLAUSES.split())
    for letter in letters or [""]
]


def ids(html: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', html)


def article(html: str) -> str:
    """The text itself, without the frame around it."""
    return html.partition("<article")[2].partition("</article>")[0]


def words(html: str) -> str:
    """What a reader sees of some HTML."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
