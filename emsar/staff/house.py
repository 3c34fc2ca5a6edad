"""What all pages of the admin have in common, whichever room they come from.

The site mixes it into every page that is registered with it: some rooms stand below this one.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from emsar.entities.wording import capital

# What a filter of a column, and the bar of dates above a list, put into the address.
ENDINGS = ("exact", "isnull", "isempty")
PARTS = ("year", "month", "day")
LONGEST_PART = 4
# Django asks for the year after the one that is chosen, and Python knows none after 9999.
LAST_YEAR = "9999"


class HouseAdmin(admin.ModelAdmin[Any]):
    """Titles that every language can say, and actions that no mistyped key can break.

    Django's titles put a model's name into a sentence ("Select %s to change"), where Azerbaijani
    and Russian want other endings. Ours leave the name as it is.
    """

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Only what the page's own filters ask, and what it names as its ``lookups``.

        Django lets the address ask after any column, and behind a relation after the columns of
        whatever it leads to, one sign after the other, whether they are shown or not.
        """
        named = [_name_of(item) for item in self.get_list_filter(request)]
        asked = {*named, *getattr(self, "lookups", ())}
        asked |= {f"{name}__{ending}" for name in named for ending in ENDINGS}
        asked |= {f"{self.date_hierarchy}__{part}" for part in PARTS if self.date_hierarchy}
        asked |= {f"{name}__{_key_of(self.model, name)}__exact" for name in named}
        is_part = lookup.rpartition("__")[2] in PARTS
        return lookup in asked and (not is_part or _is_of_a_day(str(value)))

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        found = super().get_changelist_instance(request)
        found.title = capital(str(self.opts.verbose_name_plural))
        return found

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The kind of thing as the title; Django says below which one it is."""
        kind = capital(str(self.opts.verbose_name))
        is_new = context.get("original") is None
        context["title"] = _("%(kind)s: new entry") % {"kind": kind} if is_new else kind
        return super().render_change_form(request, context, *args, **kwargs)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """What cannot be a key was not chosen; when nothing else was, Django says so."""
        posted = request.POST.copy()
        chosen = filter(self._may_be_key, posted.getlist(ACTION_CHECKBOX_NAME))
        posted.setlist(ACTION_CHECKBOX_NAME, list(chosen))
        request.POST = posted  # type: ignore[assignment] # which Django's own request allows
        return super().response_action(request, queryset, *args, **kwargs)

    def _may_be_key(self, text: str) -> bool:
        try:
            self.opts.pk.to_python(text)
        except ValidationError:
            return False
        return "\0" not in text  # which PostgreSQL takes in no text


def _is_of_a_day(text: str) -> bool:
    """Whether a year, month or day can be counted with; Python reads other digits as well."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_PART and text != LAST_YEAR


def _name_of(filter_item: Any) -> str:
    """By what a filter of a list is called in the address: a column's, or a filter's own word."""
    if isinstance(filter_item, type):
        return str(filter_item.parameter_name)  # type: ignore[attr-defined]
    return str(filter_item[0] if isinstance(filter_item, tuple | list) else filter_item)


def _key_of(model: type[Model], name: str) -> str:
    """The column of the other table by which a filter chooses its rows; empty for no relation."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    return str(field.target_field.name) if isinstance(field, ForeignKey) else ""


def in_house(page: type[admin.ModelAdmin[Any]]) -> type[admin.ModelAdmin[Any]]:
    """The same page of the admin with all that ours have in common."""
    if issubclass(page, HouseAdmin):
        return page
    return type(page.__name__, (HouseAdmin, page), {"__module__": page.__module__})
