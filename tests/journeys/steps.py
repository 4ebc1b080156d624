# SPDX-License-Identifier: Apache-2.0
"""Steps that several journeys take: tell something, sign in, find one's case, wait."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

from hearthline.hub.demo.check import receipt_in
from hearthline.hub.demo.sink import Inbox, Received
from hearthline.hub.demo.visitor import Visitor
from hearthline.hub.demo.world import World

Found = TypeVar("Found")

PATIENCE = 30.0  # seconds
AGREE = {"outcome": "baseline", "legal_basis": "children_act_12"}


def eventually(what: str, look: Callable[[], Found | None]) -> Found:
    """What `look` finds, asked again until it is there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"waited {PATIENCE:.0f} seconds for {what}")


def tell(
    world: World,
    name: str,
    *,
    audience: str = "public",
    language: str = "en",
    kind: str = "csam_url",
    facts: tuple[str, ...] = ("hosting",),
    email: str = "",
) -> str:
    """Report the page `name` of the loopback host, without a browser; the receipt."""
    visitor = Visitor(language)
    page = visitor.get(world.url("public", f"/report/start/{audience}/"))
    page = visitor.send(page, page.form("kind"), kind=kind)
    page = visitor.send(page, page.form("addresses"), addresses=world.page(name))
    page = visitor.send(page, page.form("facts"), facts=list(facts))
    page = visitor.send(page, page.form("words"), words="An invented page worries me.")
    page = visitor.send(page, page.form("age_band"), age_band="13_15", sex="unknown")
    way = {"safe_contact": "email", "contact": email} if email else {"safe_contact": "receipt"}
    page = visitor.send(page, page.form("safe_contact"), **way)
    page = visitor.send(page, page.form())
    return receipt_in(page)


def come_back(page: Page, world: World, receipt: str) -> None:
    """Type the receipt and read what happened."""
    page.goto(world.url("public", "/receipt/"))
    page.locator("input[name=receipt]").fill(receipt)
    press(page, "main button.button")
    assert page.url.endswith("/receipt/status/")


def press(page: Page, selector: str) -> None:
    """Press a button or link and wait for the page it leads to."""
    # Not any navigation: the first question also sets its own place in the history.
    with page.expect_event("load"):
        page.locator(selector).first.click()


def sign_in(page: Page, world: World, who: str, door: str = "desk") -> Page:
    """The demonstration's one click."""
    page.goto(world.url(door, "/demo/"))
    press(page, f"form[action$='/sign-in/{who}/'] button")
    return page


def case_of(page: Page, world: World, name: str, lanes: tuple[str, ...] = ("new", "urgent")) -> str:
    """The path of the case about the page `name`, found in the queue by whoever is signed in.

    Addresses stand there broken and shortened in the middle, with their end in sight.
    """
    shown = re.compile(rf"/{name}$")

    def look() -> str | None:
        for lane in lanes:
            page.goto(world.url("desk", f"/?lane={lane}"))
            link = page.locator("td.subject a").filter(has_text=shown)
            if link.count():
                return link.first.get_attribute("href")
        return None

    return eventually(f"the case about {name}", look)


def judge(world: World, name: str) -> str:
    """Ana assesses and Ben confirms the case about `name`, without a browser; its path."""
    ana, ben = (_signed_in(world, who) for who in ("ana", "ben"))
    shown = re.compile(rf'href="(/cases/[0-9a-f-]{{36}}/)[^"]*"[^>]*>[^<]*/{name}<')

    def look() -> str | None:
        for lane in ("new", "urgent"):
            found = shown.search(ana.get(world.url("desk", f"/?lane={lane}")).text)
            if found:
                return found.group(1)
        return None

    path = eventually(f"the case about {name}", look)
    page = ana.get(world.url("desk", path))
    page = ana.send(page, page.form(action="/claim/"))
    ana.send(page, page.form("outcome", action="/assess/"), **AGREE)
    page = ben.get(world.url("desk", path))
    page = ben.send(page, page.form("agrees", action="/confirm/"), press="agrees=yes")
    assert page.status == 200
    return path


def letters(world: World) -> list[Received]:
    """What was sent lately, newest first."""
    return Inbox(world.inbox).letters()[:20]


def says(letter: Received, words: str) -> bool:
    """Whether any readable part of the letter holds `words`."""
    parts = [part.get_payload(decode=True) for part in letter.message.walk()]
    return any(isinstance(part, bytes) and words.encode() in part for part in parts)


def _signed_in(world: World, who: str) -> Visitor:
    visitor = Visitor()
    home = visitor.get(world.url("desk", "/demo/"))
    visitor.send(home, home.form(action=f"/sign-in/{who}/"))
    return visitor
