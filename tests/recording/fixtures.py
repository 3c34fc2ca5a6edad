"""Fixtures for tests that look at what a page asks for.

A test module or a conftest imports the four of them: ``recorded_browser`` serves the others.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser import TIMEOUT_MS
from tests.recording.chromium import launch, launch_on_disk
from tests.recording.proxy import Proxy, running

WIDE = ViewportSize(width=1280, height=800)


class Visitors:
    """Opens pages for visitors without a past, one each time it is called."""

    def __init__(self, browser: Browser, proxy: Proxy, folder: Path) -> None:
        self._browser = browser
        self._proxy = proxy
        self._folder = folder
        self._opened: list[BrowserContext] = []

    def __call__(
        self,
        *,
        javascript: bool = True,
        locale: str = "en-GB",
        viewport: ViewportSize = WIDE,
        headers: dict[str, str] | None = None,
        on_disk: bool = False,
        **options: Any,
    ) -> Page:
        """A page in a fresh profile; other options are those of Playwright's contexts.

        ``headers`` go with every request, foreign ones too. ``on_disk`` starts a browser of its
        own, half a second slower, that also connects where a page only hints (``preconnect``).
        """
        options = {"timezone_id": "Asia/Baku", "locale": locale, "viewport": viewport} | options
        options |= {"java_script_enabled": javascript, "extra_http_headers": headers}
        profile = (self._on_disk if on_disk else self._browser.new_context)(**options)
        profile.set_default_timeout(TIMEOUT_MS)
        self._opened.append(profile)
        return profile.new_page()

    def _on_disk(self, **options: Any) -> BrowserContext:
        folder = self._folder / f"profile-{len(self._opened)}"
        return launch_on_disk(self._browser.browser_type, self._proxy, folder, **options)

    def close(self) -> None:
        for profile in self._opened:
            profile.close()


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    """A proxy for the tests of one module."""
    with running() as server:
        yield server
    server.raise_faults()


@pytest.fixture(scope="module")
def recorded_browser(browser: Browser, proxy: Proxy) -> Iterator[Browser]:
    """A browser of its own behind the proxy; Playwright runs once in a process, so it shares it."""
    chromium = launch(browser.browser_type, proxy)
    yield chromium
    chromium.close()


@pytest.fixture
def visit(recorded_browser: Browser, proxy: Proxy, tmp_path: Path) -> Iterator[Visitors]:
    """Visitors, each with a fresh profile; the record begins with the test."""
    proxy.record.forget()
    visitors = Visitors(recorded_browser, proxy, tmp_path)
    yield visitors
    visitors.close()
    # What a page asks for while it goes belongs to this test, not to the next.
    assert proxy.wait_until_idle()
    proxy.raise_faults()


@pytest.fixture
def site(
    proxy: Proxy, filled_db: None, live_server: LiveServer, settings: Settings
) -> Iterator[str]:
    """The site under its own names behind the proxy; the origin of its main host."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]
    settings.SITE_ORIGIN = f"https://{settings.PROFILE.main_host}"
    proxy.serve(settings.PROFILE.hosts, (live_server.thread.host, live_server.thread.port))
    yield settings.SITE_ORIGIN
    proxy.serve((), None)
