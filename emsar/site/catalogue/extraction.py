"""Finds the messages of the code and of the templates."""

from collections.abc import Generator, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from django.apps import apps
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENT_TAGS = ("Translators", "check:")
TEMPLATE_SUFFIXES = (".html", ".txt")
SKIPPED = {"migrations", "assets", "__pycache__"}

Extracted = Generator[tuple[int, Any, list[str], str | None], None, None]


def extract_template(
    fileobj: IO[bytes], keywords: Any, comment_tags: Sequence[str], options: Any
) -> Extracted:
    """Babel's extractor for Django templates; what is not a message becomes X by `templatize`."""
    source = templatize(fileobj.read().decode("utf-8"))
    # What is left of a template's indentation means nothing, but the tokeniser would mind it.
    flat = "\n".join(line.strip() for line in source.splitlines()) + "\n"
    yield from extract_python(BytesIO(flat.encode()), keywords, comment_tags, {})


def source_roots() -> list[Path]:
    """The folders of our own packages and of the templates; nothing that pip installed."""
    base = Path(settings.BASE_DIR)
    own = {base / config.name.partition(".")[0] for config in apps.get_app_configs()}
    templates: Any = settings.TEMPLATES[0]["DIRS"]
    return sorted({*filter(Path.is_dir, own), *map(Path, templates)})


def source_files() -> Iterator[Path]:
    """Every file that may hold messages, in a stable order."""
    for root in source_roots():
        for path in sorted(root.rglob("*")):
            if path.suffix in {".py", *TEMPLATE_SUFFIXES} and not SKIPPED & set(path.parts):
                yield path


def messages_of(path: Path) -> Iterator[tuple[int, Any, list[str], str | None]]:
    """Line, id, translator comments and context of each message of one file."""
    method: Any = extract_python if path.suffix == ".py" else extract_template
    with path.open("rb") as fileobj:
        yield from extract(method, fileobj, KEYWORDS, COMMENT_TAGS)


def template_catalogue() -> Catalog:
    """All messages of the source, untranslated; files are noted without lines."""
    found = Catalog(charset="utf-8")
    base = Path(settings.BASE_DIR)
    for path in source_files():
        name = path.relative_to(base).as_posix()
        for _line, message, comments, context in messages_of(path):
            found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found
