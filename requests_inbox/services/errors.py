class RequestStateError(Exception):
    """The request is not in the state that the verb needs; somebody was faster, or it is closed."""


class BlockedError(RequestStateError):
    """The person's records are blocked: nothing may be done with them (E-8h)."""


class WriterBusyError(RequestStateError):
    """A colleague is writing a reply at this moment; ``name`` says who."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
