"""Parts of the statements of the residual scan: whether something stands in a text or in bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

# So many alternatives stand in one pattern; a longer list takes several.
ALTERNATIVES = 100


@dataclass(frozen=True)
class Statement:
    """A statement, or a part of one, with places ``%s`` and what they stand for."""

    text: sql.Composable
    values: Sequence[Any]


class Condition(Statement):
    """A part that is true or false."""

    def and_(self, more: sql.Composable, *values: Any) -> "Condition":
        """Both; what is cheaper to ask comes first."""
        both = sql.SQL("({} AND {})").format(more, self.text)
        return Condition(both, [*values, *self.values])


def anywhere(shown: sql.Composable, texts: Sequence[str]) -> Condition:
    parts = [sql.SQL("strpos({}, %s) > 0").format(shown)] * len(texts)
    return Condition(sql.SQL("({})").format(sql.SQL(" OR ").join(parts)), list(texts))


def within(name: sql.Identifier, values: Sequence[bytes]) -> Condition:
    """Whether bytes that are no sealed text, a digest mostly, have any of the values in them."""
    parts = [sql.SQL("position(%s::bytea in {}) > 0").format(name)] * len(values)
    return Condition(sql.SQL("({})").format(sql.SQL(" OR ").join(parts)), list(values))


def like(shown: sql.Composable, texts: Sequence[str], *, whole: bool) -> Condition:
    """Whether a text has any of the texts in it; ``whole``: as whole words."""
    forms = [_pattern(text, whole=whole) for text in texts]
    patterns = [
        "|".join(forms[at : at + ALTERNATIVES]) for at in range(0, len(forms), ALTERNATIVES)
    ]
    either = sql.SQL(" OR ").join([sql.SQL("{} ~ %s").format(shown)] * len(patterns))
    return Condition(sql.SQL("({})").format(either), patterns)


def _pattern(text: str, *, whole: bool) -> str:
    """A text as a regular expression of PostgreSQL's."""
    safe = re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", text)
    return f"{_end(text[:1])}{safe}{_end(text[-1:])}" if whole else safe


def _end(char: str) -> str:
    """The end of a word; letters beyond ASCII have none in every database."""
    return r"\y" if char.isascii() and char.isalnum() else ""


def escape(value: bytes) -> str:
    """As ``encode(…, 'escape')`` writes bytes."""
    return "".join(
        "\\\\" if byte == 0x5C else chr(byte) if 0 < byte < 0x80 else f"\\{byte:03o}"
        for byte in value
    )
