from django.apps import AppConfig


class RequestsInboxConfig(AppConfig):
    name = "requests_inbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from emsar.datamap.rotation import register_rekey
        from emsar.outbox.models import Purpose, Status
        from emsar.outbox.sending import register_handler
        from emsar.subjects.services import register_merger, register_stopper
        from policies import recomputing
        from requests_inbox.services import keeping, objecting, people, replying

        self.verbose_name = _("Requests")
        register_handler(Purpose.REPLY, Status.SENT, replying.reply_was_sent)
        register_handler(Purpose.REPLY, Status.FAILED, replying.reply_failed)
        register_handler(Purpose.REPLY, Status.CANCELLED, replying.reply_failed)
        register_handler(Purpose.REPLY, Status.QUEUED, replying.reply_queued_again)
        register_merger(people.move)
        register_stopper(objecting.stop)
        register_rekey("requests", people.rekey)
        recomputing.register("requests", keeping.recompute)
