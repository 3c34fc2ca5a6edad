"""The words of a file, of whatever kind it is: a page, a sheet, a package or paper."""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_MAPPED = re.compile(rb"^<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>$", re.MULTILINE)
_SHOWN = re.compile(rb"<([0-9A-Fa-f]+)>|\(((?:\\.|[^\\()])*)\)", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(content: bytes, kind: str) -> str:
    """All words; ``kind`` is the content type."""
    if kind == "application/zip":
        with ZipFile(BytesIO(content)) as package:
            return "\n".join(_member(package.read(name)) for name in package.namelist())
    if kind == "application/pdf":
        return paper(content)
    return content.decode("utf-8", "replace")


def _member(content: bytes) -> str:
    is_paper = content.startswith(b"%PDF-")
    return paper(content) if is_paper else content.decode("utf-8", "replace")


def paper(content: bytes) -> str:
    """The words of a PDF as its own tables of letters give them, a reading for each font.

    Pages show numbers of shapes, and each font says which letters its shapes stand for.
    """
    streams = list(_unpacked(content))
    fonts = [_letters(one) for one in streams if b"beginbfchar" in one or b"beginbfrange" in one]
    pages = [_shapes(one) for one in streams if b"Tj" in one or b"TJ" in one]
    assert fonts, "no table of letters: the words cannot be read"
    return "\n".join(_read(page, font) for page in pages for font in fonts)


def _unpacked(content: bytes) -> Iterator[bytes]:
    for found in _STREAM.finditer(content):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            yield found[1]


def _letters(table: bytes) -> dict[int, str]:
    pairs = _MAPPED.findall(table)
    return {
        int(shape, 16): bytes.fromhex(word.decode()).decode("utf-16-be") for shape, word in pairs
    }


def _shapes(page: bytes) -> bytes:
    """The numbers that are shown, two bytes each, in their order."""
    return b"".join(
        bytes.fromhex(found[1].decode()) if found[1] else _ESCAPED.sub(_plain, found[2] or b"")
        for found in _SHOWN.finditer(page)
    )


def _plain(escaped: re.Match[bytes]) -> bytes:
    code = escaped[1]
    return bytes([int(code, 8)]) if code.isdigit() else _LETTERS.get(code, code)


def _read(shapes: bytes, font: dict[int, str]) -> str:
    numbers = (int.from_bytes(shapes[at : at + 2]) for at in range(0, len(shapes), 2))
    return "".join(font.get(number, "") for number in numbers)
