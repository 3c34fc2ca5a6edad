from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = _("Consent")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from consent import enclosures, notices
        from consent.choice import cookie, tag
        from emsar.outbox.enclosures import register_enclosures
        from emsar.site.finished import register_choice
        from emsar.site.measured import register_tag
        from policies import gate

        gate.register_check(notices.refusals)
        register_choice(cookie.page_key)
        register_tag(tag.sources)
        register_enclosures(enclosures.KIND, enclosures.consent_text)
