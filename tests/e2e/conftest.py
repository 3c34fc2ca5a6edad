from collections.abc import Iterator

import pytest

from tests.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole site, once for all tests of this folder: ``stack.origin``, ``stack.mails()``.

    The form's limit for an address is raised, because all these tests come from one address.
    """
    with running_stack(tmp_path_factory.mktemp("stack") / "data", FORM_LIMIT="1000") as running:
        yield running
