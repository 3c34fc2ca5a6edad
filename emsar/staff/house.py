"""What all pages of the admin have in common, whichever room they come from.

The site mixes it into every page that is registered with it: some rooms stand below this one.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _


class HouseAdmin(admin.ModelAdmin[Any]):
    """Titles that every language can say, and actions that no mistyped key can break.

    Django's titles put a model's name into a sentence ("Select %s to change"), where Azerbaijani
    and Russian want other endings. Ours leave the name as it is.
    """

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        found = super().get_changelist_instance(request)
        found.title = capfirst(str(self.opts.verbose_name_plural))
        return found

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The kind of thing as the title; Django says below which one it is."""
        kind = capfirst(self.opts.verbose_name)
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


def in_house(page: type[admin.ModelAdmin[Any]]) -> type[admin.ModelAdmin[Any]]:
    """The same page of the admin with all that ours have in common."""
    if issubclass(page, HouseAdmin):
        return page
    return type(page.__name__, (HouseAdmin, page), {"__module__": page.__module__})
