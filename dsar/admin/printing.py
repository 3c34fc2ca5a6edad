"""The register of cases on paper: set with Typst from its own fonts."""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import typst
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from emsar.entities.businessdays import BAKU
from emsar.entities.registry import registry
from emsar.entities.wording import day_text, moment_text

_TEMPLATE = Path(__file__).with_name("register.typ")


def pdf(headings: Sequence[str], rows: Sequence[Sequence[str]], first: date, last: date) -> bytes:
    """A tagged PDF (PDF/UA-1) in the active language; words go in as data, never as markup."""
    now = timezone.localtime(timezone.now(), BAKU)
    data = {
        "language": (get_language() or "en").split("-")[0],
        "brand": registry().organisation.brand,
        "title": _("Register of cases"),
        "span": _("Received from %(first)s to %(last)s")
        % {"first": day_text(first), "last": day_text(last)},
        "made": _("Made %(moment)s (Baku time)") % {"moment": moment_text(now)},
        "note": _("The register names no person."),
        "empty": _("No case came in during these days."),
        "headings": list(headings),
        "rows": [list(row) for row in rows],
    }
    return typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"register": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(now.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    """Those that come with Typst: they have the letters of all three languages."""
    return typst.Fonts(include_system_fonts=False)
