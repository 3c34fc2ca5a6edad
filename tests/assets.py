"""The static files are looked for once a run; WhiteNoise would do so for every test client."""

from whitenoise.middleware import WhiteNoiseMiddleware

_looked_for = WhiteNoiseMiddleware.add_files_from_finders
_found: dict[str, object] = {}


def _add_found(self: WhiteNoiseMiddleware) -> None:
    if not _found:
        _looked_for(self)
        _found.update(self.files)
    self.files.update(_found)


def install() -> None:
    """Let every handler of the tests share what the first one found."""
    WhiteNoiseMiddleware.add_files_from_finders = _add_found
