from collections.abc import Iterator

import pytest

from emsar.entities.profile import read_profile
from tests.stack import ROOT, Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole site, once for all tests of this folder: ``stack.origin``, ``stack.mails()``.

    The form's limit for an address is raised, because all these tests come from one address.
    """
    with running_stack(tmp_path_factory.mktemp("stack") / "data", FORM_LIMIT="1000") as running:
        yield running


@pytest.fixture(scope="session")
def mailboxes() -> dict[str, str]:
    """The mailboxes of the profile by slug."""
    profile = read_profile(ROOT / "emsar" / "entities" / "profiles" / "emsargroup.toml")
    return {mailbox.slug: mailbox.address for mailbox in profile.mailboxes}
