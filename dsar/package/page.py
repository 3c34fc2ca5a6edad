"""The book as one page of HTML: no script, nothing fetched from anywhere."""

from collections.abc import Iterator

from django.template.loader import render_to_string
from django.utils.translation import override

from dsar.package.book import Book
from dsar.package.chapters import Chapter

# A character for private use, which stands where the chapters go.
_PLACE = "\ue000"
# Cards that are rendered together.
AT_ONCE = 100


def page(book: Book) -> Iterator[str]:
    """The page piece by piece, so that a long one need not stand in one string."""
    with override(book.language):
        frame = render_to_string("dsar/package/page.html", {"book": book, "place": _PLACE})
        head, _place, tail = frame.partition(_PLACE)
        yield head
        for chapter in book.chapters:
            yield from _chapter(chapter)
        yield tail


def _chapter(chapter: Chapter) -> Iterator[str]:
    """Its frame, and its cards some at a time."""
    frame = render_to_string("dsar/package/chapter.html", {"chapter": chapter, "place": _PLACE})
    head, _place, tail = frame.partition(_PLACE)
    yield head
    for start in range(0, len(chapter.cards), AT_ONCE):
        yield render_to_string(
            "dsar/package/cards.html", {"cards": chapter.cards[start:][:AT_ONCE]}
        )
    yield tail
