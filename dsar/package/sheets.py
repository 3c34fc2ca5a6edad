"""Tables for machines: one CSV a table, and one JSON of everything, with stable keys."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from dsar.package.gathering import Gathered, Part
from dsar.package.values import Plain, plain
from emsar.entities.businessdays import BAKU
from emsar.staff.spreadsheets import guarded

FORMAT = "personal-data"
VERSION = 1
_BOM = "\ufeff"


def sheet(part: Part, found: Gathered) -> Iterator[str]:
    """A table as CSV for spreadsheets, line by line: columns by their stable names, a BOM first."""
    yield _BOM + _line(part.columns)
    for row in part.rows:
        yield _line([guarded(_cell(plain(row, name, found))) for name in part.columns])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _cell(value: Plain) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def document(found: Gathered, moment: datetime) -> Iterator[str]:
    """Everything as JSON, piece by piece; moments with the offset of Asia/Baku."""
    yield _head(found, moment)[:-1] + ', "tables": ['
    for number, part in enumerate(found.parts):
        yield ("," if number else "") + "\n" + _dump(_about(part))[:-1] + ', "rows": ['
        for place, row in enumerate(part.rows):
            values = {name: plain(row, name, found) for name in part.columns}
            yield ("," if place else "") + "\n  " + _dump(values)
        yield "]}"
    yield "\n]}\n"


def _head(found: Gathered, moment: datetime) -> str:
    case = found.case
    return _dump(
        {
            "format": FORMAT,
            "version": VERSION,
            "case": case.reference,
            "kind": case.kind,
            "received_at": case.received_at.astimezone(BAKU).isoformat(),
            "made_at": moment.astimezone(BAKU).isoformat(),
            "language": case.language,
            "only_chosen_records": found.chosen is not None,
            "consent_texts": {
                digest: {"sentence": text.sentence, "details": text.details}
                for digest, text in sorted(found.texts.items())
            },
        }
    )


def _about(part: Part) -> dict[str, Any]:
    line = part.line
    return {
        "table": part.label,
        "purpose": line.purpose,
        "basis": line.basis,
        "controller": line.controller,
        "recipients": list(line.recipients),
        "term": line.term,
        "clauses": list(line.clauses),
    }


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
