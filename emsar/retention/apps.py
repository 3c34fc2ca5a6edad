from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    name = "emsar.retention"
    label = "retention"
    verbose_name = _("Retention")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        from emsar.audit.leaving import register_oldest_kept
        from emsar.audit.verification import register_verification
        from emsar.retention import (  # noqa: F401 - some register themselves
            certificates,
            checks,
            evidence,
            evidence_checks,
            house,
            merging,
        )
        from emsar.retention.acts.urls import open_acts
        from emsar.subjects.services import register_merger

        register_oldest_kept(evidence.oldest_kept)
        register_verification("certificates", certificates.contradictions)
        open_acts()
        register_merger(merging.move)

        # Every room says in its own module what of its tables ends when.
        autodiscover_modules("retention")
