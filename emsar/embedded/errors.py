"""The one exception whose text is meant for the person at the keyboard."""


class EmbeddedError(Exception):
    """Something the user can mend; the text says what and how, and is printed without a trace."""
