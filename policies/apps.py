from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = _("Policies")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from emsar.audit.verification import register_verification
        from emsar.datamap.terms import register_source
        from emsar.entities.publication import register_instants
        from emsar.site.frame import register_policies
        from emsar.staff.panels import register_panel
        from policies import integrity, panels, versions

        register_source("policy", versions.term_in_force)
        register_verification("policies", integrity.verify_published)
        register_instants(versions.next_effective_instant)
        register_policies(versions.published_slugs)
        for panel in (panels.drafts, panels.registry, panels.registers):
            register_panel(panel)
