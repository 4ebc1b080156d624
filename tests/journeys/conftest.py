# SPDX-License-Identifier: Apache-2.0
"""The journeys' world: the real programs in a folder of their own, and a real browser.

The world is the demonstration's, with its invented month. Pictures of what the browser saw are
written to `test-output/`; look at them.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hearthline.hub.demo.command import build
from hearthline.hub.demo.world import World, free_ports

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "test-output"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="package")
def world() -> Iterator[World]:
    """The demonstration's world with its month lived through, all parts running."""
    with tempfile.TemporaryDirectory(prefix="hearthline-journeys-") as folder:
        made = World(Path(folder), free_ports(), pause=0.5)
        try:
            build(made)
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A real browser; without one these tests are skipped, or fail where one is required."""
    path = os.environ.get("HEARTHLINE_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    if path is None:
        if os.environ.get("HEARTHLINE_REQUIRE_BROWSER"):
            pytest.fail("HEARTHLINE_REQUIRE_BROWSER is set and no Chromium was found")
        pytest.skip("*** no Chromium: the browser journeys are SKIPPED ***")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


Opened = Callable[..., Page]


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Opened]:
    """Opens a page of its own context: language, width, with or without JavaScript, no network
    but loopback. Anything the page asks of another host fails the test."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []

    def opened(
        *, language: str = "en", width: int = 1280, height: int = 900, scripts: bool = True,
        dark: bool = False,
    ) -> Page:  # fmt: skip
        context = chromium.new_context(
            locale=language,
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)

        def watch(request: object) -> None:
            url = str(request.url)  # type: ignore[attr-defined]
            if not re.match(r"(http://127\.0\.0\.1[:/]|data:|about:)", url):
                strangers.append(url)

        context.route(
            re.compile(r"^https?://(?!127\.0\.0\.1[:/])"),
            lambda route: route.fulfill(body="<title>elsewhere</title>", content_type="text/html"),
        )
        page.on("request", watch)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in strangers if not url.startswith("https://www.example.org")] == []


@pytest.fixture
def picture() -> Callable[[Page, str], Path]:
    """Writes what the browser sees to `test-output/NAME.png`."""
    OUTPUT.mkdir(exist_ok=True)

    def taken(page: Page, name: str, *, full: bool = True) -> Path:
        path = OUTPUT / f"{name}.png"
        page.screenshot(path=path, full_page=full)
        return path

    return taken


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Fails on any violation of WCAG 2.2 A or AA that axe-core finds."""
    axe = Axe()

    def check(page: Page) -> None:
        found = axe.run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        problems = [
            f"{v['id']}: {node['html'][:160]}"
            for v in found.response["violations"]
            for node in v["nodes"]
        ]
        assert problems == [], f"{page.url}\n" + "\n".join(problems)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px"

    return check
