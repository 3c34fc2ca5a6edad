"""The book on paper: set with Typst from its own fonts, so that it looks the same everywhere."""

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst
from django.utils.translation import override

from dsar.package.book import Book, left_out_words, shortened

_TEMPLATE = Path(__file__).with_name("book.typ")
_Standards = list[Literal["a-2a", "ua-1"]]


def pdf(book: Book, reference: str, moment: datetime) -> bytes:
    """The book as a tagged PDF; the same book and moment give the same bytes.

    A sign that no font of ours has cannot stand in an archive's PDF: then it is set as an empty
    box in a PDF that says of itself less, because a person's words must not be refused.
    """
    words = json.dumps(_content(book, reference), ensure_ascii=False)
    try:
        return _set(words, moment, ["a-2a", "ua-1"])
    except typst.TypstError:
        return _set(words, moment, [])


def _set(words: str, moment: datetime, standards: _Standards) -> bytes:
    return typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"book": words},
        pdf_standards=[*standards],
        timestamp=int(moment.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    """Those that come with Typst: they have the letters of all three languages."""
    return typst.Fonts(include_system_fonts=False)


def _content(book: Book, reference: str) -> dict[str, Any]:
    """The book as the template wants it: every value a list of lines."""
    short = asdict(shortened(book))
    with override(book.language):
        for chapter in short["chapters"]:
            left = chapter["left_out"]
            chapter["left_out"] = left_out_words(left) if left else ""
    for name in ("facts", "authority"):
        short[name] = _lines(short[name])
    for chapter in short["chapters"]:
        for card in chapter["cards"]:
            card["pairs"] = _lines(card["pairs"])
    return {**short, "reference": reference}


def _lines(pairs: Any) -> list[tuple[str, list[str]]]:
    return [(label, value.splitlines() or [""]) for label, value in pairs]
