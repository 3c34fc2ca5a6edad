from tests.recording.fixtures import proxy, recorded_browser, site, visit

__all__ = ["proxy", "recorded_browser", "site", "visit"]
