from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "policies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from emsar.datamap.terms import register_source
        from emsar.entities.publication import register_instants
        from emsar.site.frame import register_policies
        from policies import versions

        register_source("policy", versions.term_in_force)
        register_instants(versions.next_effective_instant)
        register_policies(versions.published_slugs)
