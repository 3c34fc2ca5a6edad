from tests.policies.conftest import make_version, shipped

__all__ = ["make_version", "shipped"]
