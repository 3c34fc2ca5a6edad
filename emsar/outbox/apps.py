from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "emsar.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from emsar.audit.notices import register_mailer
        from emsar.outbox.notices import notify_role

        register_mailer(notify_role)
