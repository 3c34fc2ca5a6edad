from datetime import timedelta

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "emsar.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        self._watch()
        self._expect()

    def _watch(self) -> None:
        """What makes faults known, and keeps the words of persons out of it."""
        from django.conf import settings

        from emsar.site import checks  # noqa: F401 - registers them

        if settings.IS_PRODUCTION:
            from emsar.site.startup import refuse_debug, tell_faults

            refuse_debug()
            tell_faults()
        if settings.SENTRY_DSN:
            from emsar.site.reports import start_reports

            start_reports(settings.SENTRY_DSN)

    def _expect(self) -> None:
        from emsar.site.health import (
            check_jobs,
            check_queue,
            check_retention,
            expect_job,
            register_check,
        )
        from emsar.statistics.connection import is_connected

        register_check("mail queue", check_queue)
        register_check("jobs", check_jobs)
        register_check("retention", check_retention)
        # The seal runs every minute; ten missed ones are no coincidence.
        expect_job("seal", within=timedelta(minutes=10))
        # Once a day, and one day may fail: Google has a quota, and days when it is away.
        expect_job("statistics", within=timedelta(hours=49), when=is_connected)
        # Asked each hour; that the control is red is no fault of the site.
        expect_job("analytics_retention", within=timedelta(hours=3), when=is_connected)
