# SPDX-License-Identifier: Apache-2.0
"""The extension in a real Chromium: what is listed stops, the rest opens, by profile and hour."""

import contextlib
import os
import re
import shutil
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from hearthline.kit.family import Profile, family_set, read_profiles, write_folder
from hearthline.kit.family.tests.test_set import SERVICE
from hearthline.kit.urls import hashes_of
from hearthline.kit.urls.prefix_messages import delta, search
from hearthline.kit.urls.tests.listed import Entry, listing, page
from hearthline.kit.urls.tests.loopback import a_certificate

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CHILD, OPEN = read_profiles()[0], read_profiles()[-1]  # the oldest may open the web all day
STOP_PAGE = "https://stop.example.org/blocked/"
ENTRIES = [
    page("http://harbour.test/pier/7"),
    Entry("domain", "reef.test"),
    Entry("host", "lagoon.test"),
]
LISTED, LISTED_HASHES = listing(*ENTRIES), hashes_of(ENTRIES)


@dataclass
class World:
    """Every site there is, on the loopback: pages, stop page, list and look-up."""

    asked: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)

    def answer(self, host: str, target: str) -> tuple[str, bytes]:
        address = urlsplit(target)
        if host == "lists.example.org":
            self.asked.append(target)
            if address.path == "/v1/list":
                return "application/json", delta(None, LISTED.prefixes)
            prefixes = [bytes.fromhex(each) for each in parse_qs(address.query)["prefix"]]
            return "application/json", search(LISTED, prefixes, cache_seconds=60)
        if target != "/favicon.ico":
            self.visited.append(host + target)
        frame = '<iframe src="http://reef.test/frame"></iframe>' if target == "/framing" else ""
        return (
            "text/html",
            f"<!doctype html><title>{host}{target}</title>{host}{target}{frame}".encode(),
        )


@contextlib.contextmanager
def serving(world: World, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The world on a port of the loopback."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = world.answer(self.headers["Host"].partition(":")[0], self.path)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the visitor was led elsewhere
                self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Browsing(NamedTuple):
    """A browser with the extension, and the world it opens on."""

    browser: BrowserContext
    world: World

    def visit(self, address: str) -> Page:
        """Follow a link there in a new tab; the extension may lead elsewhere in the middle."""
        page = self.browser.new_page()
        page.evaluate("to => { setTimeout(() => { location.href = to; }, 0); }", address)
        return page


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@contextlib.contextmanager
def chromium_with(profile: Profile, folder: Path, playwright: Playwright) -> Iterator[Browsing]:
    path = os.environ.get("HEARTHLINE_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    if path is None:
        if os.environ.get("HEARTHLINE_REQUIRE_BROWSER"):
            pytest.fail("HEARTHLINE_REQUIRE_BROWSER is set and no Chromium was found")
        pytest.skip("*** no Chromium: the extension is NOT tried in a browser ***")
    write_folder(family_set(SERVICE, profile, is_listed=lambda address: False), folder / "set")
    extension = folder / "set" / "extension"
    world = World()
    with (
        serving(world) as plain,
        serving(world, a_certificate(folder, "lists.example.org")[0]) as secure,
    ):
        browser = playwright.chromium.launch_persistent_context(
            folder / "user",
            executable_path=path,
            headless=False,  # the older way without a window has no extensions
            args=[
                "--headless=new",
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-dev-shm-usage",
                "--ignore-certificate-errors",
                "--disable-features=DisableLoadExtensionCommandLineSwitch,HttpsUpgrades",
                f"--host-resolver-rules=MAP *:80 127.0.0.1:{plain}, MAP *:443 127.0.0.1:{secure}",
                f"--disable-extensions-except={extension}",
                f"--load-extension={extension}",
            ],
        )
        if not browser.service_workers:
            browser.wait_for_event("serviceworker", timeout=20_000)
        worker = browser.service_workers[0]
        for _ in range(200):
            if worker.evaluate("chrome.webNavigation?.onBeforeNavigate.hasListeners()"):
                break
            time.sleep(0.05)  # installed, and not yet listening
        yield Browsing(browser, world)
        browser.close()


@pytest.fixture(scope="module")
def browsing(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browsing]:
    with chromium_with(OPEN, tmp_path_factory.mktemp("open"), playwright) as started:
        yield started


@pytest.mark.parametrize(
    "address",
    [
        "http://harbour.test/pier/7",
        "http://u@HARBOUR.test/x/%2e%2e/p%69er/%37?y#z",
        "http://lagoon.test/any/page",
        "http://a.b.reef.test/",
    ],
)
def test_a_listed_page_gives_way_to_the_stop_page(browsing: Browsing, address: str) -> None:
    expect(browsing.visit(address)).to_have_url(STOP_PAGE)


@pytest.mark.parametrize(
    "address",
    ["http://harbour.test/pier/8", "http://www.lagoon.test/", "http://example.test/a?b=c"],
)
def test_any_other_page_opens(browsing: Browsing, address: str) -> None:
    page = browsing.visit(address)
    expect(page).to_have_title(address.removeprefix("http://"))
    page.wait_for_timeout(300)
    assert page.url == address


def test_a_page_that_was_stopped_is_not_even_asked_for_again(browsing: Browsing) -> None:
    for _ in range(2):
        expect(browsing.visit("http://reef.test/again")).to_have_url(STOP_PAGE)
    assert browsing.world.visited.count("reef.test/again") <= 1


def test_a_listed_page_inside_another_is_stopped_and_the_other_stays(browsing: Browsing) -> None:
    page = browsing.visit("http://example.test/framing")
    inside = page.frame_locator("iframe").get_by_text("stop.example.org/blocked/")
    expect(inside).to_be_visible()
    page.wait_for_timeout(500)
    assert page.url == "http://example.test/framing"
    assert browsing.world.visited.count("example.test/framing") == 2


def test_only_prefixes_were_ever_sent(browsing: Browsing) -> None:
    prefixes = {f"/v1/search?prefix={full.hex()[:8]}" for full in LISTED_HASHES}
    assert set(browsing.world.asked) - {"/v1/list"} <= prefixes
    assert browsing.world.asked.count("/v1/list") == 1


def test_an_allow_list_opens_its_sites_and_says_kindly_that_others_are_closed(
    playwright: Playwright, tmp_path: Path
) -> None:
    child = CHILD.model_copy(update={"hours": OPEN.hours})
    with chromium_with(child, tmp_path, playwright) as browsing:
        expect(browsing.visit("http://songs.example.org/a")).to_have_title("songs.example.org/a")
        page = browsing.browser.new_page()
        page.goto("http://example.test/")  # as if typed
        expect(page.locator("h1")).to_have_text("Not open right now")
        expect(page.locator("p")).to_contain_text("You did nothing wrong.")
        assert page.url.endswith("/closed.html")
        assert "example.test/" not in browsing.world.visited


def test_outside_its_hours_a_profile_opens_nothing(playwright: Playwright, tmp_path: Path) -> None:
    closed = OPEN.model_copy(update={"hours": ()})
    with chromium_with(closed, tmp_path, playwright) as browsing:
        expect(browsing.visit("http://example.test/")).to_have_url(re.compile(r".*/closed\.html"))
