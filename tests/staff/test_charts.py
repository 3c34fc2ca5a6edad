"""The drawing numbers of charts, and their templates: nothing inline, every number as text."""

import re

import pytest
from django.template.loader import render_to_string

from emsar.staff.charts import (
    BASE,
    LEFT,
    RIGHT,
    TOP,
    Row,
    Series,
    bars,
    columns,
    highest,
    part,
    scale,
    ticks,
)

TWO = [Series("now", [3, None, 7]), Series("before", [1, 2, 0])]


def chart(series=TWO, **more):
    labels = [str(number) for number in range(len(series[0].values))]
    return columns("visits", "Visits", "In all 10.", "Day", labels, series, **more)


def test_bars_are_parts_of_the_longest():
    drawn = bars("", ("Page", "Visits"), [Row("/az/", 200), Row("/en/", 50), Row("/ru/", 1)])

    assert [bar.width for bar in drawn.lines] == [100, 25, 1]


def test_bars_of_nothing_are_empty():
    drawn = bars("", ("Page", "Visits"), [Row("/az/", 0)])

    assert [bar.width for bar in drawn.lines] == [0]
    assert bars("", ("Page", "Visits"), []).lines == []


@pytest.mark.parametrize(
    ("most", "top"),
    [(0, 4), (1, 4), (4, 4), (5, 8), (8, 8), (9, 20), (21, 40), (41, 80), (399, 400), (401, 800)],
)
def test_scale_ends_at_a_round_number_above_the_highest(most, top):
    assert scale(most) == top


def test_ticks_run_from_the_base_to_the_top():
    found = ticks(8)

    assert [tick.value for tick in found] == [0, 2, 4, 6, 8]
    assert (found[0].y, found[-1].y) == (BASE, TOP)


def test_columns_stand_side_by_side_inside_the_drawing():
    rects = chart().rects

    assert [(rect.number, rect.height) for rect in rects] == [
        (1, part(3, 8, BASE - TOP, 1)),
        (1, part(7, 8, BASE - TOP, 1)),
        (2, part(1, 8, BASE - TOP, 1)),
        (2, part(2, 8, BASE - TOP, 1)),
    ]
    assert min(rect.x for rect in rects) > LEFT
    assert max(rect.x + rect.width for rect in rects) < RIGHT
    assert all(round(rect.y + rect.height, 1) == BASE for rect in rects)


def test_stacked_columns_stand_on_each_other():
    below, above = chart([Series("yes", [2]), Series("no", [3])], stacked=True).rects

    assert above.y + above.height == pytest.approx(below.y, abs=0.05)
    assert above.x == below.x
    assert highest([Series("yes", [2]), Series("no", [3])], stacked=True) == 5


def test_columns_without_any_value_can_be_drawn():
    assert chart([Series("now", [None, 0])]).rects == []
    assert chart([Series("now", [])]).rects == []
    assert columns("x", "", "", "", [], []).table == []


def test_no_more_labels_than_have_room():
    marks = chart([Series("now", [1] * 90)]).marks

    assert [mark.text for mark in marks] == [str(number) for number in range(0, 90, 9)]


def test_the_table_has_every_number_and_a_dash_for_none():
    page = render_to_string("admin/charts/columns.html", {"chart": chart()})

    cells = re.findall(r"<td>([^<]*)</td>", page)
    assert cells == ["3", "1", "–", "2", "7", "0"]


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_coordinates_are_written_with_points_in_every_language(language):
    from django.utils import translation

    with translation.override(language):
        page = render_to_string("admin/charts/columns.html", {"chart": chart()})

    assert re.findall(r' (?:x|y|width|height)="[^"]*,', page) == []


def test_templates_use_no_inline_style_and_escape_labels():
    drawn = bars("<b>", ("<i>", "n"), [Row("<script>x</script>", 1, ("<u>",))])
    page = render_to_string("admin/charts/bars.html", {"chart": drawn})

    assert "style=" not in page + render_to_string("admin/charts/columns.html", {"chart": chart()})
    assert re.findall(r"<(b|i|u|script)\b>", page) == []


def test_the_legend_names_each_series_when_there_are_several():
    several = render_to_string("admin/charts/columns.html", {"chart": chart()})
    alone = render_to_string("admin/charts/columns.html", {"chart": chart(TWO[:1])})

    assert "swatch-2" in several
    assert "swatch" not in alone


def test_a_chart_of_nothing_says_so_in_words():
    page = render_to_string("admin/charts/columns.html", {"chart": chart([Series("now", [None])])})

    assert "There is nothing in this period." in page
    assert "<svg" not in page
