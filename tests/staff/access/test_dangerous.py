"""Every act that needs the second factor once more says so itself."""

import pytest

from dsar.admin.byhand import HandOver
from dsar.admin.erasing import Approve, Second
from dsar.admin.receipt import Receipt
from dsar.admin.rights import Lift
from emsar.staff.admin.memberverbs import ChangeRole, ResetFactor, SwitchOff, SwitchOn
from emsar.subjects.admin.pages import Unblock


@pytest.mark.parametrize(
    "verb",
    [
        Approve,
        Second,
        HandOver,
        Receipt,
        Lift,
        Unblock,
        ResetFactor,
        ChangeRole,
        SwitchOff,
        SwitchOn,
    ],
)
def test_verb_asks_for_the_second_factor(verb) -> None:
    assert verb.second_factor
