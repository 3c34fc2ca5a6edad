from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = _("Consent")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from consent import enclosures, notices
        from consent.choice import cookie, tag
        from consent.undertaking import gate as undertaking
        from emsar.outbox.enclosures import register_enclosures
        from emsar.site.finished import register_choice
        from emsar.site.measured import register_tag
        from emsar.staff.gates import register_gate
        from policies import gate

        gate.register_check(notices.refusals)
        register_choice(cookie.page_key)
        register_tag(tag.sources)
        register_gate("undertaking", undertaking.passes, "admin:undertaking")
        register_enclosures(enclosures.KIND, enclosures.consent_text)
