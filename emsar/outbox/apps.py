from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "emsar.outbox"
    label = "outbox"
    verbose_name = _("Mail")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from emsar.audit.notices import register_mailer
        from emsar.outbox.models import OutboundMail
        from emsar.outbox.notices import notify, notify_role
        from emsar.staff.mailing import register_staff_mailer
        from emsar.subjects.services import register_merger

        register_mailer(notify_role)
        register_staff_mailer(notify)
        register_merger(OutboundMail.objects.pass_on)
