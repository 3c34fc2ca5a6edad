from django.apps import AppConfig


class DsarConfig(AppConfig):
    name = "dsar"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from dsar import health
        from dsar.services import answers, erasure, merging, restoring
        from dsar.services.deadlines import JOB
        from emsar.retention.replay import register_settler
        from emsar.site.health import expect_job, register_check
        from emsar.subjects.promises import register_asked
        from emsar.subjects.services import register_merger

        self.verbose_name = _("Rights of persons")
        register_check("rights", health.check_rights)
        register_merger(merging.move)
        register_asked(erasure.is_asked)
        register_settler(restoring.close_without_file)
        answers.register()
        expect_job(JOB, within=health.SILENCE)
