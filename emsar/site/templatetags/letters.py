"""First letters in all templates, the admin's too: the settings put this before Django's own."""

from django import template

from emsar.entities.wording import capital

register = template.Library()


@register.filter(is_safe=True)
def capfirst(value: object) -> str:
    """As Django's, but an Azerbaijani i keeps its dot."""
    return capital(str(value))
