"""The style sheet, the pictures and the templates as files."""

import re
from itertools import pairwise

import pytest

from emsar.entities.profile import read_profile
from tests.site.conftest import GROUP, PORTAL, ROOT

CSS = (ROOT / "emsar" / "site" / "assets" / "site" / "site.css").read_text(encoding="utf-8")
FOLDERS = [ROOT / "templates" / folder for folder in ("site", "errors", "policies", "inbox")]
OUR_TEMPLATES = [path for folder in FOLDERS for path in sorted(folder.rglob("*.html"))]
OUR_CODE = sorted((ROOT / "emsar" / "site").rglob("*.py"))
# The smallest contrast of running text and of the edges of fields (WCAG 2.2 AA).
TEXT, EDGE = 4.5, 3.0


def test_style_sheet_is_small():
    assert len(CSS.encode()) < 15 * 1024


def test_style_sheet_asks_nobody_for_anything():
    assert not re.search(r"@import|@font-face|url\(", CSS)


def test_letters_are_never_changed_in_case():
    """Azerbaijani i and I would become other letters."""
    assert "text-transform" not in CSS
    assert "small-caps" not in CSS


@pytest.mark.parametrize(
    "feature",
    ["prefers-color-scheme: dark", "prefers-reduced-motion", "@media print", ":focus-vis"],
)
def test_style_sheet_serves_everybody(feature):
    assert feature in CSS


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


BLOCKS = [colours(block) for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]]


@pytest.mark.parametrize("scheme", BLOCKS, ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "sheet", "a-tint", "b-tint"])
@pytest.mark.parametrize("text", ["ink", "a", "b"])
def test_text_is_readable_on_every_ground(scheme, ground, text):
    assert contrast(scheme[text], scheme[ground]) >= TEXT


@pytest.mark.parametrize("scheme", BLOCKS, ids=["light", "dark"])
def test_special_pairs_are_readable(scheme):
    for text, ground in [("soft", "paper"), ("soft", "sheet"), ("on", "a"), ("on", "b")]:
        assert contrast(scheme[text], scheme[ground]) >= TEXT
    for text, ground in [("bad", "bad-tint"), ("bad", "paper")]:
        assert contrast(scheme[text], scheme[ground]) >= TEXT
    for edge, ground in [
        ("edge", "sheet"),
        ("edge", "paper"),
        ("focus", "paper"),
        ("focus", "sheet"),
    ]:
        assert contrast(scheme[edge], scheme[ground]) >= EDGE


@pytest.mark.parametrize("path", [*OUR_TEMPLATES, *OUR_CODE], ids=lambda path: path.name)
def test_no_organisation_is_named_in_the_code(path):
    text = path.read_text(encoding="utf-8")
    for profile in (read_profile(GROUP), read_profile(PORTAL)):
        names = [*profile.hosts, profile.brand, *(box.address for box in profile.mailboxes)]
        names += [company.tin for company in profile.entities]
        assert [name for name in names if name in text] == []


@pytest.mark.parametrize("path", OUR_TEMPLATES, ids=lambda path: path.name)
def test_templates_are_short_and_have_no_inline_code(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", text)


def test_headings_of_the_home_page_step_down_one_at_a_time():
    parts = ["home", "company_card", "route", "promises"]
    for part in parts:
        text = (ROOT / "templates" / "site" / f"{part}.html").read_text(encoding="utf-8")
        levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
        assert all(after - before <= 1 for before, after in pairwise(levels))
