"""Looking for known words again and again while they are on their way."""

from collections.abc import Iterable

from tests.canary import columns
from tests.canary.leaks import leaks, stored


class Looks:
    """Looks everywhere, and notes which encrypted columns held something at any of the times."""

    def __init__(self) -> None:
        self.filled: set[str] = set()
        self.places: dict[str, str] = {}

    def find(self, words: Iterable[str], **more: str) -> list[str]:
        """The words that stand in clear now, in what is stored or in ``more``."""
        self.filled |= columns.filled()
        self.places = stored() | more
        return leaks(words, self.places)

    def places_with(self, text: str) -> list[str]:
        """Where exactly this stood, the last time."""
        return [place for place, content in self.places.items() if text in content]
