from tests.policies.conftest import make_version

__all__ = ["make_version"]
