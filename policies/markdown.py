"""Markdown with clause ids: ``{E-7.2a} text`` becomes a block with that id."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

_CLAUSES = re.compile(r"^\{((?:[ES]-[0-9A-Za-z.]+)(?: [ES]-[0-9A-Za-z.]+)*)\}\s*")
_NUMBERED = re.compile(r"^(\d+(?:\.\d+)*)\.?\s+(.*)$", re.DOTALL)


Section = tuple[str, str, str, list[Any]]


@dataclass
class Article:
    """A finished text. ``sections`` are (anchor, number, title, children) for the contents."""

    title: str = ""
    html: str = ""
    sections: list[Section] = field(default_factory=list)
    clauses: list[str] = field(default_factory=list)
    empty_headings: list[str] = field(default_factory=list)


def render_markdown(text: str) -> Article:
    """Render a text whose placeholders are filled in already.

    HTML in it stays literal; there are no images, because they would be asked for elsewhere.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    article = Article()
    tokens = list(_with_clauses(parser.parse(text), article))
    tokens = list(_with_headings(tokens, article))
    article.empty_headings = _empty_headings(tokens)
    _label_cells(tokens)
    article.html = parser.renderer.render(tokens, parser.options, {})
    return article


def _with_clauses(tokens: list[Token], article: Article) -> Iterator[Token]:
    """Move clause ids from the text to the blocks; a block of nothing but ids gives them to the
    block behind it."""
    waiting: list[str] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        inline = tokens[position + 1] if position + 1 < len(tokens) else None
        if token.type == "paragraph_open" and inline is not None:
            ids, rest = _take_ids(inline)
            article.clauses += ids
            waiting += ids
            if ids and not rest:
                position += 3
                continue
        if waiting and token.nesting == 1 and token.type != "list_item_open":
            # The paragraph of a tight list is not printed, so the item carries its ids.
            item = position > 0 and tokens[position - 1].type == "list_item_open"
            _anchor(tokens[position - 1 if item else position :], waiting)
            waiting = []
        yield token
        position += 1


def _take_ids(inline: Token) -> tuple[list[str], str]:
    match = _CLAUSES.match(inline.content)
    if match is None:
        return [], inline.content
    inline.content = inline.content[match.end() :]
    first = (inline.children or [])[0]  # a brace begins no mark-up, so this is a text
    first.content = _CLAUSES.sub("", first.content + " ", count=1).removesuffix(" ")
    return match[1].split(" "), inline.content


def _anchor(block: list[Token], ids: list[str]) -> None:
    """The first id names the block; an element has but one, so the others name empty spans."""
    block[0].attrSet("id", ids[0])
    inline = next((token for token in block if token.type == "inline"), None)
    if inline is not None and inline.children is not None:
        spans = [Token("html_inline", "", 0, content=f'<span id="{i}"></span>') for i in ids[1:]]
        inline.children[:0] = spans


def _with_headings(tokens: list[Token], article: Article) -> Iterator[Token]:
    skip = 0
    for position, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        if token.type == "heading_open":
            inline = tokens[position + 1]
            if token.tag == "h1":
                article.title = _plain(inline)
                skip = 2
                continue
            _number_heading(token, _plain(inline), article)
        yield token


def _label_cells(tokens: list[Token]) -> None:
    """Give each cell the head of its column, for narrow screens where cells stand in a list."""
    heads: list[str] = []
    column = 0
    for token, following in pairwise(tokens):
        if token.type == "thead_open":
            heads = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            heads.append(_plain(following))
        elif token.type == "td_open":
            token.attrSet("data-label", heads[column])
            column += 1


def _plain(inline: Token) -> str:
    """The words of a heading without Markdown's marks."""
    return "".join(child.content for child in inline.children or []).strip()


def _number_heading(token: Token, content: str, article: Article) -> None:
    match = _NUMBERED.match(content)
    if match is None:
        return
    number, title = match[1], match[2]
    anchor = "s-" + number.replace(".", "-")
    token.attrSet("id", anchor)
    entry: Section = (anchor, number, title, [])
    if token.tag == "h2" or not article.sections:
        article.sections.append(entry)
    else:
        article.sections[-1][3].append(entry)


def _empty_headings(tokens: list[Token]) -> list[str]:
    """Headings with nothing under them before the next one of their own or a higher level."""
    found: list[str] = []
    open_heading: tuple[str, str] | None = None
    inside = False
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            if open_heading and token.tag <= open_heading[0]:
                found.append(open_heading[1])
            open_heading, inside = (token.tag, _plain(tokens[position + 1])), True
        elif token.type == "heading_close":
            inside = False
        elif not inside and (token.content.strip() or token.type == "table_open"):
            open_heading = None
    return [*found, open_heading[1]] if open_heading else found
