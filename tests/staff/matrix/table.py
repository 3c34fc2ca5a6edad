"""The tables of docs/staff-access.md, which say who may open what, and do what there."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "docs" / "staff-access.md"
COLUMNS = ("company staff", "officer", "administrator", "auditor", "not logged in")
ALL, OWN, NONE = "all", "own", "—"
METHODS = ("get", "post")


@dataclass(frozen=True)
class Line:
    """What each role may open of an address, and post to it: all rows, its own, or none.

    ``cells`` holds a column's words for each method; a file has one word for both.
    """

    name: str
    cells: tuple[tuple[str, ...], ...]

    def cell(self, column: str, method: str = METHODS[0]) -> str:
        return self.cells[COLUMNS.index(column)][METHODS.index(method)]

    def of_members(self, method: str) -> set[str]:
        """What anybody may who is logged in."""
        return {self.cell(column, method) for column in COLUMNS[:-1]}


@cache
def lines(heading: str = "address") -> dict[str, Line]:
    """The tables below a heading, by name; AssertionError for a cell that says something else."""
    found: dict[str, Line] = {}
    under = ""
    for text in FILE.read_text("utf-8").splitlines():
        if not text.startswith("|"):
            under = ""
            continue
        name, *cells = (part.strip() for part in text.strip("|").split("|"))
        under = under or name
        if under == heading and name.startswith("`"):
            line = _line(name.strip("`"), cells)
            assert line.name not in found, f"{line.name} stands twice"
            found[line.name] = line
    return found


def _line(name: str, cells: list[str]) -> Line:
    assert len(cells) == len(COLUMNS), name
    words = tuple(tuple(cell.split(" / ")) for cell in cells)
    assert {word for cell in words for word in cell} <= {ALL, OWN, NONE}, name
    return Line(name, words)
