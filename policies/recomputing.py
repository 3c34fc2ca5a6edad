"""Stored dates follow the terms: rooms that store some register how to compute them anew."""

from collections.abc import Callable

_RECOMPUTE: dict[str, Callable[[], int]] = {}


def register(name: str, recompute: Callable[[], int]) -> None:
    """``recompute`` works in batches and returns how many rows it changed."""
    _RECOMPUTE[name] = recompute


def recompute_all() -> dict[str, int]:
    """Compute every stored date anew; rows changed by room. Running it twice changes nothing."""
    return {name: recompute() for name, recompute in _RECOMPUTE.items()}
