"""The words of a notice as a person reads them on the screen."""

import hashlib
import re
import unicodedata
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "li", "ul", "ol", "tr", "td", "th", "table", "h2", "h3", "h4"})
# What browsers collapse; a space that does not break is a character of its own.
_SPACES = re.compile(r"[ \t\n\r\f]+")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append(" ")


def screen_text(html: str) -> str:
    """The text of our own HTML as it is read: spaces collapsed, in Unicode's form NFC."""
    words = _Words()
    words.feed(html)
    words.close()
    return unicodedata.normalize("NFC", _SPACES.sub(" ", "".join(words.parts)).strip(" "))


def screen_sha256(html: str) -> str:
    """SHA-256 of that text: what anybody can compute from what stands on the screen (E-1l)."""
    return hashlib.sha256(screen_text(html).encode()).hexdigest()
