from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = _("Consent")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from consent import enclosures, notices
        from emsar.outbox.enclosures import register_enclosures
        from policies import gate

        gate.register_check(notices.refusals)
        register_enclosures(enclosures.KIND, enclosures.consent_text)
