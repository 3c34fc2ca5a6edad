"""A package: one ZIP made when it is fetched, handed out and kept nowhere (E-8c)."""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.models import Case
from dsar.package.book import book_of
from dsar.package.gathering import Gathered, gather
from dsar.package.page import page
from dsar.package.pdf import pdf
from dsar.package.sheets import document, sheet
from dsar.services import sharing
from dsar.services.errors import CaseRefusedError
from emsar.entities.businessdays import BAKU

PAGE, PAPER, DATA, SUMS = "my-data.html", "my-data.pdf", "my-data.json", "SHA256SUMS"


@dataclass(frozen=True)
class Package:
    """``counts`` are rows a table, empty tables left out; ``sha256`` is that of the whole ZIP."""

    bytes: bytes
    sha256: str
    counts: dict[str, int]
    name: str


def assemble(case: Case, moment: datetime | None = None) -> Package:
    """Everything that is held about the person of a case, as one ZIP in the case's language.

    The same data and the same moment give the same bytes. Raises CaseRefusedError while nobody is
    assigned, and while nobody has chosen which records of a shared address are theirs.
    """
    found = gather(case, _chosen(case))
    with _Archive(moment or timezone.now()) as archive:
        _fill(archive, found)
    content, name = archive.content, f"my-data-{case.reference}.zip"
    return Package(content, hashlib.sha256(content).hexdigest(), found.counts, name)


def _fill(archive: "_Archive", found: Gathered) -> None:
    archive.add(DATA, document(found, archive.moment))
    for part in found.parts:
        if part.rows:
            archive.add(f"tables/{part.label}.csv", sheet(part, found))
    _add_book(archive, found)
    archive.add(SUMS, [f"{digest}  {name}\n" for name, digest in sorted(archive.digests.items())])


def _chosen(case: Case) -> set[UUID] | None:
    """The records under a shared address that are the person's; None when all are."""
    if sharing.needs_choice(case):
        raise CaseRefusedError(
            _("The data protection officer has to choose first whose data, or which records, it is "
              "about.")
        )  # fmt: skip
    return sharing.chosen_of(case)


def _add_book(archive: "_Archive", found: Gathered) -> None:
    book = book_of(found, archive.moment, archive.digests)
    # Setting the printed copy takes longest, needs no database and leaves the processor to others.
    with ThreadPoolExecutor(max_workers=1) as beside:
        paper = beside.submit(pdf, book, found.case.reference, archive.moment)
        archive.add(PAGE, page(book))
        archive.add(PAPER, [paper.result()], is_small=True)


class _Archive:
    """A ZIP in memory whose files all bear one moment, and the SHA-256 of each."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.digests: dict[str, str] = {}
        self._out = io.BytesIO()
        self._zip = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def add(self, name: str, pieces: Iterable[str | bytes], *, is_small: bool = False) -> None:
        """``is_small``: it is compressed in itself already, as a PDF is."""
        digest = hashlib.sha256()
        entry = self._entry(name)
        if is_small:
            entry.compress_type = zipfile.ZIP_STORED
        with self._zip.open(entry, "w") as member:
            for piece in pieces:
                content = piece.encode() if isinstance(piece, str) else piece
                digest.update(content)
                member.write(content)
        self.digests[name] = digest.hexdigest()

    def _entry(self, name: str) -> zipfile.ZipInfo:
        local = self.moment.astimezone(BAKU)
        entry = zipfile.ZipInfo(name, local.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        # Readable by its owner alone once it is unpacked.
        entry.external_attr = 0o600 << 16
        entry.create_system = 3
        return entry

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def content(self) -> bytes:
        """The whole file, once it is closed."""
        return self._out.getvalue()
