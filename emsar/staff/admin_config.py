from django.contrib.admin.apps import AdminConfig


class EmsarAdminConfig(AdminConfig):
    """Makes our site the default one, so that lower rooms register with it unknowingly."""

    default_site = "emsar.staff.site.EmsarAdminSite"
