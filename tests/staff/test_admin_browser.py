"""The frame of the admin in a real browser: its menu says whole words in every language."""

import pytest
from django.urls import reverse

from tests.desks import PHONE, WIDE
from tests.factories import make_user

# Words of which the letters do not stand on one line.
BROKEN = """selector => [...document.querySelectorAll(selector)].flatMap(link => {
  const text = link.firstChild, range = document.createRange();
  return [...text.textContent.matchAll(/\\S+/g)].filter(word => {
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1;
  }).map(word => word[0]);
})"""


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize(
    ("look", "page_name", "names"),
    [
        (WIDE, "dsar_case_changelist", "#nav-sidebar .module :is(th, caption) a"),
        (PHONE, "index", "#content-main .module :is(th, caption) a"),
    ],
)
def test_names_of_lists_are_not_broken(
    open_as, language: str, look: dict, page_name: str, names: str
) -> None:
    page = open_as(make_user(language=language), **look)
    page.goto(reverse(f"admin:{page_name}"))
    assert page.locator(names).count() > 10
    assert page.evaluate(BROKEN, names) == []
