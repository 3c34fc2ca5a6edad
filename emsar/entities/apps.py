from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EntitiesConfig(AppConfig):
    name = "emsar.entities"
    label = "entities"
    verbose_name = _("Registers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from emsar.datamap.terms import register_source
        from emsar.entities.registry import term_value

        for group in ("schedule", "statutory"):
            register_source(group, partial(term_value, group))
