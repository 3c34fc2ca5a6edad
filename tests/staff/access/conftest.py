import pytest

from emsar.staff import gates


@pytest.fixture(autouse=True)
def _no_gates(monkeypatch: pytest.MonkeyPatch) -> None:
    """The undertaking is another gate, with tests of its own (tests/consent)."""
    monkeypatch.setattr(gates, "_GATES", {})
