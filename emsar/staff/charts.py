"""Charts drawn on the server: where each bar stands, in the drawing's own units.

Any room may use them: the templates in ``admin/charts/`` draw what comes from here with attributes
of SVG alone, because the site's policy (CSP) allows no inline style, and print every number as text
beside it. A page that uses them loads ``staff/charts.css``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, takewhile

# The drawing's own units; the browser scales it. Columns stand between the numbers of the axis on
# the left and half a label's room on the right.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BASE, FOOT = 720, 200, 44, 704, 12, 168, 188
LABELS = 10
TICKS = 4
# Of the room of one label the columns take four fifths.
FILLED = 0.8


@dataclass(frozen=True)
class Row:
    """A line of a bar chart. ``notes`` are further cells after the number, such as a share."""

    label: str
    value: int
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return spaced(self.value)


@dataclass(frozen=True)
class Bar:
    """A line and its bar, in hundredths of the longest one."""

    row: Row
    width: int


@dataclass(frozen=True)
class Bars:
    """Horizontal bars as a table: ``heads`` name the label, the number and each of the notes."""

    caption: str
    heads: tuple[str, ...]
    lines: list[Bar]


@dataclass(frozen=True)
class Series:
    """What one colour shows: a value for each label, None where there is none to show."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True)
class Rect:
    """A column; ``number`` is that of its series, from 1, by which the sheet colours it."""

    number: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Tick:
    """A line across: the value that it stands for, and where."""

    value: int
    y: float


@dataclass(frozen=True)
class Mark:
    """A label below the columns; not every label has room."""

    text: str
    x: float


@dataclass(frozen=True)
class Columns:
    """Upright columns over labels. ``name`` makes the ids of the drawing its own on a page.

    ``summary`` is the drawing in a sentence for who cannot see it; ``table`` has every number.
    """

    name: str
    title: str
    summary: str
    head: str
    series: Sequence[Series]
    rects: list[Rect]
    ticks: list[Tick]
    marks: list[Mark]
    table: list[tuple[str, list[int | None]]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = BASE
    foot: int = FOOT


def bars(caption: str, heads: tuple[str, ...], rows: Iterable[Row]) -> Bars:
    """One bar a row, in the order given, the longest as wide as there is room."""
    found = list(rows)
    most = max((row.value for row in found), default=0)
    return Bars(caption, heads, [Bar(row, round(part(row.value, most, 100, 1))) for row in found])


def columns(
    name: str,
    title: str,
    summary: str,
    head: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    stacked: bool = False,
) -> Columns:
    """Columns of each series side by side, or on top of each other, over each label.

    ``head`` says what the labels are (a day, a month), for the table of the numbers.
    """
    top = scale(highest(series, stacked=stacked))
    return Columns(
        name=name,
        title=title,
        summary=summary,
        head=head,
        series=series,
        rects=_stacks(series, top) if stacked else _groups(series, top),
        ticks=ticks(top),
        marks=_marks(labels),
        table=[(label, [one.values[at] for one in series]) for at, label in enumerate(labels)],
    )


def spaced(number: int) -> str:
    """A number with its thousands apart by a space, which all three languages understand."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def part(value: float, most: float, room: float, least: float) -> float:
    """How long the bar of a value is; one of something is never too thin to be seen."""
    return max(round(value * room / most, 2), least) if value else 0


def highest(series: Sequence[Series], *, stacked: bool = False) -> int:
    """The highest column there will be."""
    if not stacked:
        return max((value or 0 for one in series for value in one.values), default=0)
    return max((sum(value or 0 for value in each) for each in _by_label(series)), default=0)


def scale(most: int) -> int:
    """The top of the axis: a round number from ``most`` on that the ticks divide evenly."""
    steps = (base * 10**power for power in count() for base in (1, 2, 5))
    smaller = [*takewhile(lambda step: step * TICKS < most, steps)]
    return _after(smaller[-1] if smaller else 0) * TICKS


def _after(step: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50, …"""
    if not step:
        return 1
    leading = int(str(step)[0])
    return step // leading * {1: 2, 2: 5, 5: 10}[leading]


def ticks(top: int) -> list[Tick]:
    """The lines across, from the base up."""
    return [
        Tick(top * number // TICKS, BASE - (BASE - TOP) * number / TICKS)
        for number in range(TICKS + 1)
    ]


def _groups(series: Sequence[Series], top: int) -> list[Rect]:
    wide = _step(series) * FILLED / max(len(series), 1)
    return [
        _rect(number, _left(at, series) + wide * (number - 1), BASE, wide, value, top)
        for number, one in enumerate(series, 1)
        for at, value in enumerate(one.values)
        if value
    ]


def _stacks(series: Sequence[Series], top: int) -> list[Rect]:
    found: list[Rect] = []
    for at, values in enumerate(_by_label(series)):
        foot: float = BASE
        for number, value in enumerate(values, 1):
            if value:
                wide = _step(series) * FILLED
                found.append(_rect(number, _left(at, series), foot, wide, value, top))
                foot = found[-1].y
    return found


def _rect(number: int, x: float, foot: float, width: float, value: int, top: int) -> Rect:
    height = part(value, top, BASE - TOP, 1)
    return Rect(number, round(x, 2), round(foot - height, 2), round(width, 2), height)


def _by_label(series: Sequence[Series]) -> list[tuple[int | None, ...]]:
    return [*zip(*(one.values for one in series), strict=True)]


def _step(series: Sequence[Series]) -> float:
    return (RIGHT - LEFT) / max(len(series[0].values) if series else 0, 1)


def _left(at: int, series: Sequence[Series]) -> float:
    return LEFT + (at + (1 - FILLED) / 2) * _step(series)


def _marks(labels: Sequence[str]) -> list[Mark]:
    """As many labels as have room, from the first on."""
    every = -(-len(labels) // LABELS) or 1
    step = (RIGHT - LEFT) / max(len(labels), 1)
    return [
        Mark(label, round(LEFT + (at + 0.5) * step, 2))
        for at, label in enumerate(labels)
        if at % every == 0
    ]
