from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from emsar.subjects.models import Objection

if TYPE_CHECKING:
    from requests_inbox.models import Message


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


class SuspendedError(RequestStateError):
    """An objection of the person is being decided: nothing is done meanwhile (E-8f)."""

    def __init__(self) -> None:
        super().__init__(
            _("The person has objected to the use of these data. Nothing may be done with them "
              "until the data protection officer has decided.")
        )  # fmt: skip


class ObjectedError(RequestStateError):
    """The person objected to this use of the request (E-8f)."""

    def __init__(self, purpose: str) -> None:
        words = _("The person has objected to this: %(purpose)s.")
        super().__init__(words % {"purpose": Objection.Purpose(purpose).label})


class WriterBusyError(RequestStateError):
    """A colleague is writing a reply at this moment; ``name`` says who."""

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s is writing a reply to this request.") % {"name": name})
        self.name = name


class UnseenMessagesError(RequestStateError):
    """The thread went on while a reply was written; ``messages`` are what its writer cannot know.

    Whoever has read them may send the reply all the same.
    """

    def __init__(self, messages: "Sequence[Message]") -> None:
        super().__init__(
            _("Nothing was sent yet: since you opened this page, something has been added to the "
              "thread. Please read it and decide whether your reply is still right.")
        )  # fmt: skip
        self.messages = messages
