"""From a source to an article: placeholders first, then Markdown."""

import re
from dataclasses import dataclass, field

from policies.blocks import escape
from policies.facts import Facts, MissingFactError
from policies.markdown import Article, render_markdown

_REMARK = re.compile(r"^<!--(?:(?!-->).)*-->[ \t]*$", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^(\{[^{}]+\}[ \t]*)?\{\{\s*([a-z_]+)\s*\}\}[ \t]*$", re.MULTILINE)
_INLINE = re.compile(r"\{\{\s*([\w.\-]+)\s*\}\}")
_ADDRESSES = ("url.", "authority.website")


@dataclass
class Rendered:
    """An article, the placeholders it used, and those that could not be filled in."""

    article: Article
    used: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


def render(source: str, facts: Facts) -> Rendered:
    """Fill in a source and render it; what is missing is reported, never guessed."""
    result = Rendered(Article())
    text = _REMARK.sub("", source)
    text = _BLOCK.sub(lambda match: _block(match, facts, result), text)
    text = _INLINE.sub(lambda match: _inline(match, facts, result), text)
    result.article = render_markdown(text)
    return result


def _block(match: re.Match[str], facts: Facts, result: Rendered) -> str:
    ids, name = (match[1] or "").strip(), match[2]
    try:
        content = facts.block(name)
    except MissingFactError as missing:
        result.missing.append(f"{name}: {missing}")
        return ids
    if content is None:
        return match[0]
    result.used.add(name)
    if not content:
        result.missing.append(name)
    return f"{ids}\n\n{content}\n" if ids else f"{content}\n"


def _inline(match: re.Match[str], facts: Facts, result: Rendered) -> str:
    name = match[1]
    result.used.add(name)
    try:
        value = facts.inline(name)
    except MissingFactError:
        result.missing.append(name)
        return ""
    return value if name.startswith(_ADDRESSES) else escape(value)
