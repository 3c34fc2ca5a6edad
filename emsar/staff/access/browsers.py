"""The kind of browser, for the list of one's own logins: no version, nothing that singles out."""

# The first that is named counts: others claim to be their forerunners as well.
PROGRAMS = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("YaBrowser", "Yandex"), ("SamsungBrowser", "Samsung")),
    *(("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrom", "Chrome")),
    ("Safari", "Safari"),
)
SYSTEMS = (
    *(("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS")),
    *(("Mac OS", "macOS"), ("Macintosh", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def kind_of_browser(user_agent: str) -> str:
    """``Firefox, Windows``; empty for what nobody knows."""
    return ", ".join(
        found for names in (PROGRAMS, SYSTEMS) if (found := _first(names, user_agent[:400]))
    )


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")
