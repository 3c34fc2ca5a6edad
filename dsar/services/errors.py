"""What a verb may refuse; the text is a sentence for whoever asked."""


class CaseStateError(Exception):
    """The case is not in the state that the verb needs."""


class CaseRefusedError(Exception):
    """The verb is not possible with what was given; the text says why."""
