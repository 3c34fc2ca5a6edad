"""The page in a real browser: nothing that axe finds, no scrolling aside."""

from datetime import timedelta

import pytest
from django.utils import timezone

from emsar.entities.businessdays import BAKU
from emsar.statistics.control import check
from emsar.statistics.models import Dimension
from tests.accessibility import faults, too_wide
from tests.desks import DARK, PHONE, WIDE
from tests.factories import make_user
from tests.statistics.snapshots import YESTERDAY, day_before, keep

ADDRESS = "/admin/statistics/?days=28"
LONG = "/ru/" + "a-very-long-address-of-a-page/" * 4


@pytest.fixture
def filled(filled_db, google):
    """Eight weeks up to yesterday, and a control that is red."""
    offset = (timezone.localdate(None, BAKU) - timedelta(days=1) - YESTERDAY).days
    for number in range(56):
        values = {"/az/": 60, LONG: 30, "/en/": 20}
        figures = dict.fromkeys(Dimension, values)
        keep(day_before(number - offset), 100 + number * 7 % 40, figures=figures, sampled=True)
    google.retention = {"event_data_retention": "FIFTY_MONTHS"}
    check()


@pytest.mark.parametrize(
    ("look", "language"), [(WIDE, "az"), (PHONE, "ru"), (DARK, "en")], ids=["wide", "phone", "dark"]
)
def test_the_page_is_readable_by_everybody(open_as, filled, look, language):
    page = open_as(make_user("dpo", language=language), **look)
    problems = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(ADDRESS)

    assert page.locator("svg.columns rect").count() >= 56
    page.locator("details.numbers summary").first.click()
    assert faults(page) == []
    assert too_wide(page) <= 0
    assert problems == []
