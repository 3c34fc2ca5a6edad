"""What the person reads of a table of the data map."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class TableWords:
    """A table as the person reads of it.

    ``kept`` may ask for ``%(term)s``, the length of the table's term, and ``%(views)s``, that of
    looks at records. ``is_list``: short rows, set as a list rather than each for itself.
    """

    title: StrPromise
    purpose: StrPromise
    source: StrPromise
    kept: StrPromise
    columns: Mapping[str, StrPromise] = field(default_factory=dict)
    is_list: bool = False


FROM_YOU = _("You gave it to us, or it came with your message.")
BY_US = _("It was made by our system or by our staff.")
RIGHTS = _("To answer your request about your own data, and to prove that it was answered")
AT, REFERENCE, LANGUAGE = _("when"), _("reference"), _("language")
UNTIL = _("kept until")
