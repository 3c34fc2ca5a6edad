from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "emsar.subjects"
    label = "subjects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers how identifiers are rewritten when look-up keys rotate.
        from emsar.subjects import identifiers  # noqa: F401
