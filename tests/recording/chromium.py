"""A Chromium that asks for nothing of its own, with everything it asks going through the proxy.

Its own requests cannot be told from a page's afterwards, so they are prevented: what is recorded
is then the page's. Measured with Chromium 156: with the flags of Playwright and ``ARGUMENTS``
alone a fresh profile looks for components to update and for Google accounts, and asks for a
description of every form.

What a page only looks up (``rel=dns-prefetch``) is not seen: behind a proxy there is no look-up.
"""

import os
from collections import defaultdict
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, BrowserType

from tests.browser import ARGUMENTS, insist_on_browser
from tests.recording.proxy import Proxy

# Some of these requests have no switch, but their address has one. This name leads nowhere, and
# passes by the proxy; no page of ours can mean it.
NOWHERE = "chromium.invalid"
SILENT = [
    "--allow-browser-signin=false",
    f"--autofill-server-url=https://{NOWHERE}/",
    f"--component-updater=url-source=https://{NOWHERE}/",
    f"--gaia-url=https://{NOWHERE}/",
]
# Whatever does not use the proxy finds no host.
CONFINED = [
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
# Scripts may behave otherwise when they notice that nobody is looking (navigator.webdriver).
UNNOTICED = ["--disable-blink-features=AutomationControlled"]


def launch(browser_type: BrowserType, proxy: Proxy) -> Browser:
    """Start a browser behind the proxy; loopback addresses go through it too.

    The proxy is the whole browser's and not a context's: what the browser asks for beside its
    pages would pass by the latter unseen.
    """
    return browser_type.launch(**_options(proxy))


def launch_on_disk(
    browser_type: BrowserType, proxy: Proxy, folder: Path, **options: Any
) -> BrowserContext:
    """Start a browser of its own whose profile is a folder, as a visitor's is.

    Contexts are private windows, and in those Chromium follows no ``rel=preconnect``.
    """
    return browser_type.launch_persistent_context(folder, **_options(proxy), **options)


def _options(proxy: Proxy) -> dict[str, Any]:
    """The certificates count as good ones, so that the cache works as it does for a visitor; with
    errors that are only ignored nothing is cached."""
    trusted = f"--ignore-certificate-errors-spki-list={proxy.authority.fingerprint}"
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    return {
        "executable_path": insist_on_browser(),
        "args": [*ARGUMENTS, *SILENT, *CONFINED, *UNNOTICED, trusted, *sandbox],
        "proxy": {"server": proxy.url, "bypass": NOWHERE},
    }


def cookies(context: BrowserContext) -> dict[str, dict[str, Any]]:
    """The jar, as domain → name → cookie. An apex and its hosts begin with a dot (".a.example")."""
    jar: dict[str, dict[str, Any]] = defaultdict(dict)
    for cookie in context.cookies():
        jar[cookie["domain"]][cookie["name"]] = cookie
    return dict(jar)
