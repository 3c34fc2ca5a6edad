"""Dates as the contract writes them."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from emsar.site.dates import long_date


@pytest.mark.parametrize(
    ("language", "written"),
    [("az", "22 noyabr 2026"), ("en", "22 November 2026"), ("ru", "22 ноября 2026 г.")],
)
def test_long_date(language, written):
    assert long_date(date(2026, 11, 22), language) == written
    with translation.override(language):
        template = Template("{% load dates %}{{ day|long_date }}")
        assert template.render(Context({"day": date(2026, 11, 22)})) == written


def test_instant_is_shown_as_its_day_in_baku():
    assert long_date(datetime(2026, 11, 21, 19, 59, tzinfo=UTC), "en") == "21 November 2026"
    assert long_date(datetime(2026, 11, 21, 20, 0, tzinfo=UTC), "en") == "22 November 2026"


def test_no_date_is_empty():
    assert Template("{% load dates %}{{ day|long_date }}").render(Context({"day": None})) == ""
