from datetime import timedelta

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "emsar.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from emsar.site.health import (
            check_jobs,
            check_queue,
            check_retention,
            expect_job,
            register_check,
        )

        register_check("mail queue", check_queue)
        register_check("jobs", check_jobs)
        register_check("retention", check_retention)
        # The seal runs every minute; ten missed ones are no coincidence.
        expect_job("seal", within=timedelta(minutes=10))
