from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DatamapConfig(AppConfig):
    name = "emsar.datamap"
    label = "datamap"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from emsar.datamap import checks  # noqa: F401

        # Higher rooms bring their page of the map themselves, so that we import none of them.
        autodiscover_modules("privacy")
