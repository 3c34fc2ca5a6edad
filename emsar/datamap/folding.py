"""Folding of names and addresses, in Python only.

PostgreSQL lower-cases the Turkish i differently from Python, so everything that is compared is
folded here before it becomes a key: ``İlqar``, ``ilqar`` and ``ILQAR`` are one word.
"""

import re
import unicodedata

from emsar.datamap.crypto import lookup_key, lookup_keys

# The only letters of ours that do not fall apart into a plain one and a mark.
_LETTERS = str.maketrans({"ə": "e", "ı": "i"})
_WORD = re.compile(r"\w+")
MAX_WORDS = 32


def fold(text: str) -> str:
    """Lower case without diacritics; ə→e, ı→i, ё→е. Folding twice changes nothing more."""
    # İ falls apart into I and a dot, so that plain case folding serves every language.
    return _plain(_plain(text).casefold()).translate(_LETTERS)


def _plain(text: str) -> str:
    """Compatibility letters made ordinary ones, marks above and below them left out."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(char for char in letters if not unicodedata.combining(char))


def words(*texts: str | None) -> list[str]:
    """The distinct folded words of the texts, in order, at most :data:`MAX_WORDS`."""
    found = (word for text in texts if text for word in _WORD.findall(fold(text)))
    return list(dict.fromkeys(found))[:MAX_WORDS]


def word_keys(*texts: str | None) -> list[bytes]:
    """The look-up keys to store for the words of the texts."""
    return [lookup_key("word", word) for word in words(*texts)]


def search_keys(query: str) -> list[list[bytes]]:
    """For each word of a query the keys (one a look-up key of the ring) it may stand under."""
    return [lookup_keys("word", word) for word in words(query)]
