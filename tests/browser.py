"""The system's Chromium, driven by Playwright.

Where there is none, the tests that need it are skipped and say so; with REQUIRE_BROWSER=1, as on
the build machine, they fail instead.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# What Playwright itself switches off: a second list takes the place of the first.
BY_PLAYWRIGHT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
)
# Each window would load pages of its own for what its address bar may show one day, and a renderer
# for the site that may come next: up to a third of all that the browser does.
NEEDLESS = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
NEEDLESS += ("SpareRendererForSitePerProcess",)
# Nothing but the pages under test may ask the network for anything.
ARGUMENTS = [
    f"--disable-features={','.join((*NEEDLESS, *BY_PLAYWRIGHT))}",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
TIMEOUT_MS = 10_000


def find_browser() -> str | None:
    """The path of the system's browser."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


def insist_on_browser() -> str:
    """The path of the browser; skips the test, or fails it where a browser is required."""
    if path := find_browser():
        return path
    reason = f"no browser on PATH ({', '.join(PROGRAMS)}), so this was not tested"
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one module.

    Playwright's event loop stays in this thread as long as the browser runs, and Django refuses
    the database in such a thread unless it is told that no code of ours is asynchronous.
    """
    path = insist_on_browser()
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *sandbox])
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor: no cookie, no history."""
    visitor = browser.new_context(locale="en-GB", timezone_id="Asia/Baku")
    visitor.set_default_timeout(TIMEOUT_MS)
    yield visitor
    visitor.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of that visitor."""
    return context.new_page()


def mark_needs(item: pytest.Item) -> None:
    """Mark what needs the browser or the whole site, so that it can be left out with ``-m``."""
    fixtures = getattr(item, "fixturenames", ())
    for name in ("browser", "stack"):
        if name in fixtures:
            item.add_marker(name)
    if item.get_closest_marker("browser"):
        # What is measured is measured by the others; here it would only make the server slow.
        item.add_marker("no_cover")
