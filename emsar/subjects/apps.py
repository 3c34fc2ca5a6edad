from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubjectsConfig(AppConfig):
    name = "emsar.subjects"
    label = "subjects"
    verbose_name = _("Persons")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from emsar.staff.veils import register_veil

        # Registers how identifiers are rewritten when look-up keys rotate.
        from emsar.subjects import identifiers  # noqa: F401
        from emsar.subjects.models import without_blocked

        register_veil(without_blocked)
