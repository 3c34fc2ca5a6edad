"""An act on paper: set with Typst from its own fonts, so that it looks the same everywhere."""

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from emsar.retention.acts.printed import Printed

_TEMPLATE = Path(__file__).with_name("act.typ")


def pdf(act: Printed, as_of: datetime) -> bytes:
    """The act as a tagged PDF for the archive (PDF/A-2a) that screen readers can read (PDF/UA-1).

    The same act gives the same bytes: ``as_of`` is the moment that the file says it is from. The
    words go in as data, so nothing in them is read as markup.
    """
    return typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"act": json.dumps(asdict(act), ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(as_of.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    """Those that come with Typst: they have the letters of all three languages."""
    return typst.Fonts(include_system_fonts=False)
