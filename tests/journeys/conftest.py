# SPDX-License-Identifier: Apache-2.0
"""The journeys' world: the real programs in a folder of their own, and a real browser.

The world is the demonstration's, with its invented month. `make pictures` walks the same ways with
HEARTHLINE_PICTURES=1 and writes what the browser saw to `test-output/`; look at them.
HEARTHLINE_JOURNEYS_FOLDER names a folder that keeps the world from one run to the next, which
saves half a minute while writing a journey.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)

from hearthline.hub.demo.command import build
from hearthline.hub.demo.world import World, free_ports

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "test-output"
PICTURES = os.environ.get("HEARTHLINE_PICTURES") == "1"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name is looked up: whatever is asked of another host fails.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OURS = re.compile(r"(http://(127\.0\.0\.1|localhost)[:/]|data:|about:)")
# Where quick exit of the demonstration's country leads. Nothing else may ever be asked for.
ELSEWHERE = "https://www.example.org/"

WIDE = ViewportSize(width=1280, height=800)
NARROW = ViewportSize(width=360, height=740)

Opened = Callable[..., Page]
Picture = Callable[..., None]
Check = Callable[[Page], None]


@pytest.fixture(scope="package")
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """The demonstration's world with its month lived through, all parts running."""
    with tempfile.TemporaryDirectory(prefix="hearthline-journeys-") as folder:
        kept = os.environ.get("HEARTHLINE_JOURNEYS_FOLDER")
        if not kept:
            shutil.copytree(request.getfixturevalue("prepared"), folder, dirs_exist_ok=True)
        made = World(Path(kept or folder).resolve(), free_ports(), pause=1.0)
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


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Opened]:
    """Opens a page of its own context: language, width, with or without JavaScript.

    Nothing leaves loopback. The test fails if a page asked another host for anything but the
    harmless page of quick exit, or if the browser complained about a script or a policy.
    """
    contexts: list[BrowserContext] = []
    strangers: list[str] = []
    complaints: list[str] = []

    def watch(request: Request) -> None:
        if not OURS.match(request.url) and request.url != ELSEWHERE:
            strangers.append(request.url)

    def listen(message: ConsoleMessage) -> None:
        # A refusal (403, 422 and so on) is an answer, not a fault of the page.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def opened(
        *, language: str = "en", width: int = 1280, height: int = 900, scripts: bool = True,
        dark: bool = False, leaves: bool = False,
    ) -> Page:  # fmt: skip
        context = chromium.new_context(
            locale=language,
            viewport={"width": width, "height": height},
            # A phone has fingers and no mouse.
            is_mobile=width <= 400,
            has_touch=width <= 400,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        if leaves:  # somebody else's page, as the browser would find it there
            context.route(ELSEWHERE, lambda route: route.fulfill(body="", content_type="text/html"))
        context.on("request", watch)
        context.on("console", listen)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert strangers == []
    assert complaints == []


@pytest.fixture
def picture() -> Picture:
    """Writes what the browser sees to `test-output/NAME.png`, where pictures are asked for."""

    def taken(page: Page, name: str, *, full: bool = True, always: bool = False) -> None:
        if PICTURES or always:
            path = OUTPUT / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=full)

    return taken


@pytest.fixture
def accessible() -> Check:
    """Fails on any violation of WCAG 2.2 A or AA that axe-core finds, and on sideways scroll."""
    axe = Axe()
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}

    def check(page: Page) -> None:
        found = axe.run(page, options=options)
        problems = [
            f"{violation['id']}: {node['html'][:160]}"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]
        assert problems == [], f"{page.url}\n" + "\n".join(problems)
        stays_within(page)

    return check


def stays_within(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    root = "document.documentElement"
    wide = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide} px"
