from django.utils.translation import gettext as _


class RequestStateError(Exception):
    """The request is not in the state that the verb needs; somebody was faster, or it is closed.

    ``str()`` of it is a sentence for the colleague who tried, in the language of the admin.
    """


class BlockedError(RequestStateError):
    """The person's records are blocked: nothing may be done with them (E-8h)."""

    def __init__(self) -> None:
        super().__init__(
            _("The records of this person are blocked. Nothing may be done with them until the "
              "data protection officer ends the block.")
        )  # fmt: skip


class WriterBusyError(RequestStateError):
    """A colleague is writing a reply at this moment; ``name`` says who."""

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s is writing a reply to this request.") % {"name": name})
        self.name = name
