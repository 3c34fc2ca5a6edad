"""What changed between two articles, in lines and words, for a person to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser
from itertools import zip_longest

_BLOCKS = frozenset({"p", "li", "ul", "ol", "tr", "table", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
# With the space behind it: spaces alone would be found alike everywhere.
_WORDS = re.compile(r"(?:\w+|[^\w\s])\s*")
# Unchanged lines shown around a change; the others are counted.
CONTEXT = 1
# Below this likeness two lines are two sentences, not one that was reworded.
ALIKE = 0.5


@dataclass(frozen=True)
class Part:
    """Some words of a line; ``op`` is "same", "added" or "removed"."""

    op: str
    text: str


@dataclass(frozen=True)
class Line:
    """A line of the comparison; ``op`` is "same", "added", "removed", "changed" or "skipped".

    A skipped line stands for ``count`` unchanged ones.
    """

    op: str
    parts: tuple[Part, ...] = ()
    count: int = 0


class _Lines(HTMLParser):
    """One line for each paragraph, item, heading and row of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _BLOCKS:
            self.flush()
        elif tag in _CELLS and self._words:
            self._words.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.flush()

    def handle_data(self, data: str) -> None:
        if data.strip() or self._words:
            self._words.append(data)

    def flush(self) -> None:
        if line := " ".join("".join(self._words).split()):
            self.lines.append(line)
        self._words.clear()


def lines_of(title: str, html: str) -> list[str]:
    """An article as lines of plain text, the title first."""
    parser = _Lines()
    parser.feed(html)
    parser.flush()
    return [title, *parser.lines]


def compare(before: Sequence[str], after: Sequence[str]) -> list[Line]:
    """The changes with a little of what stands around them; empty when nothing changed."""
    lines = list(_compared(before, after))
    return list(_shortened(lines)) if any(line.op != "same" for line in lines) else []


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for op, i1, i2, j1, j2 in matcher.get_opcodes():
        if op == "equal":
            yield from (Line("same", (Part("same", line),)) for line in before[i1:i2])
        else:
            for old, new in zip_longest(before[i1:i2], after[j1:j2]):
                yield from _line(old, new)


def _line(old: str | None, new: str | None) -> Iterator[Line]:
    if old is not None and new is not None:
        was, now = _WORDS.findall(old), _WORDS.findall(new)
        matcher = SequenceMatcher(None, was, now, autojunk=False)
        if matcher.ratio() >= ALIKE:
            yield Line("changed", tuple(_parts(matcher, was, now)))
            return
    if old is not None:
        yield Line("removed", (Part("removed", old),))
    if new is not None:
        yield Line("added", (Part("added", new),))


def _parts(
    matcher: "SequenceMatcher[str]", was: Sequence[str], now: Sequence[str]
) -> Iterator[Part]:
    for op, i1, i2, j1, j2 in matcher.get_opcodes():
        old, new = "".join(was[i1:i2]), "".join(now[j1:j2])
        if op == "equal":
            yield Part("same", old)
            continue
        if old:
            yield Part("removed", old)
        if new:
            yield Part("added", new)


def _shortened(lines: Sequence[Line]) -> Iterator[Line]:
    """The same lines, long rows of unchanged ones replaced by their number."""
    changed = [number for number, line in enumerate(lines) if line.op != "same"]
    near = {n for c in changed for n in range(c - CONTEXT, c + CONTEXT + 1)}
    skipped = 0
    for number, line in enumerate(lines):
        if number not in near:
            skipped += 1
            continue
        if skipped:
            yield Line("skipped", count=skipped)
            skipped = 0
        yield line
    if skipped:
        yield Line("skipped", count=skipped)
