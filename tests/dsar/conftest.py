from tests.dsar.browsing import colleague, open_page, person

__all__ = ["colleague", "open_page", "person"]
