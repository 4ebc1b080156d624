# SPDX-License-Identifier: Apache-2.0
"""People who try again when the line drops, and the journey of one report through their hands."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TypeVar

from hearthline.hub.demo.check import Gap, receipt_in
from hearthline.hub.demo.visitor import Form, FormNotFound, Page, Visitor
from hearthline.hub.demo.world import World

Done = TypeVar("Done")

PATIENCE = 40.0
# What a browser shows as "the connection was lost".
DROPPED = (OSError, HTTPException)
AWAY = 503


@dataclass
class Person:
    """One browser at one world. Every answer of 500 and above is kept in `faults`."""

    world: World
    faults: list[str]
    visitor: Visitor = field(default_factory=Visitor)
    tries: int = 0

    def open(self, door: str, path: str) -> Page:
        return self._again(lambda: self.visitor.get(self.world.url(door, path)))

    def send(self, page: Page, form: Form, **values: str | list[str]) -> Page:
        """Press the button; when the line drops, press it again with the same words."""
        return self._again(lambda: self.visitor.send(page, form, **dict(values)))

    def send_once(self, page: Page, form: Form, **values: str | list[str]) -> None:
        """Press the button once. Whether it was heard shows on the page, opened again."""
        try:
            answer = self._sound(self.visitor.send(page, form, **dict(values)))
        except DROPPED:
            self.tries += 1
            time.sleep(0.2)
            return
        if 400 <= answer.status < 500:
            raise Gap(f"{answer.url} answered {answer.status}")

    def _again(self, act: Callable[[], Page]) -> Page:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._sound(act())
            except DROPPED:
                self.tries += 1
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def _sound(self, page: Page) -> Page:
        if page.status == AWAY:
            # The page that asks to wait while the database is away, and to press again.
            raise ConnectionError(f"{page.url}: wait a minute")
        if page.status >= 500:
            self.faults.append(f"{page.status} {page.url}")
        return page


def staff(world: World, faults: list[str], who: str, door: str = "desk") -> Person:
    """`who`, signed in by the demonstration's one click."""
    person = Person(world, faults)
    home = person.open(door, "/demo/")
    person.send(home, home.form(action=f"/sign-in/{who}/"))
    return person


@dataclass
class Team:
    """The browsers of the staff who work one pile of reports; one team, one thread."""

    world: World
    faults: list[str]

    def __post_init__(self) -> None:
        self.ana = staff(self.world, self.faults, "ana")
        self.ben = staff(self.world, self.faults, "ben")
        self.paulo = staff(self.world, self.faults, "paulo", "partners")


@dataclass
class Journey:
    """One report: who tells, who judges, and what each was shown."""

    number: int
    team: Team
    receipt: str = ""
    case: str = ""

    def __post_init__(self) -> None:
        self.child = Person(self.team.world, self.team.faults)

    @property
    def name(self) -> str:
        return f"run-{self.number}"

    @property
    def address(self) -> str:
        return self.team.world.page(self.name)

    def told(self) -> None:
        """A child answers the questions."""
        ask = self.child
        page = ask.open("public", "/report/start/child/")
        page = ask.send(page, page.form("kind"), kind="csam_url")
        page = ask.send(page, page.form("addresses"), addresses=self.address)
        page = ask.send(page, page.form("facts"), facts=["hosting"])
        page = ask.send(page, page.form("words"), words="I saw this page and it worries me.")
        page = ask.send(page, page.form("age_band"), age_band="13_15", sex="unknown")
        self._last = ask.send(page, page.form("safe_contact"), safe_contact="receipt")

    def sent(self) -> None:
        """The child presses Send, as often as it takes, and is shown a receipt."""
        self.receipt = receipt_in(self.child.send(self._last, self._last.form()))

    def claimed(self) -> None:
        """An analyst finds the case in the queue and takes it in hand."""
        ana = self.team.ana
        self.case = self._eventually("the case in the queue", self._in_queue)
        path = f"/cases/{self.case}/"

        def mine() -> bool:
            page = ana.open("desk", path)
            if _has(page, "outcome", action="/assess/"):
                return True
            ana.send_once(page, page.form(action="/claim/"))
            return False

        self._eventually("the claim", mine)

    def assessed(self) -> None:
        """She judges it; the page, opened again, shows whether that was heard."""
        self._until_gone(
            self.team.ana,
            "/assess/",
            outcome="baseline",
            legal_basis="children_act_12",
        )

    def confirmed(self) -> None:
        """A second analyst agrees."""
        self._until_gone(self.team.ben, "/confirm/")

    def police_look(self) -> None:
        """The liaison opens the partners' door meanwhile."""
        if self.team.paulo.open("partners", "/").status != 200:
            raise Gap("the list of packages did not open")

    def _in_queue(self) -> str | None:
        # Addresses are shown defanged and shortened in the middle; their end is whole.
        shown = re.compile(rf"/{self.name}\b")
        for lane in ("new", "urgent"):
            text = self.team.ana.open("desk", f"/?lane={lane}").text
            for row in re.split(r"<tr\b", text):
                link = re.search(r"/cases/([0-9a-f-]{36})/", row)
                if link and shown.search(row):
                    return link.group(1)
        return None

    def _until_gone(self, who: Person, action: str, **values: str) -> None:
        """Fill in the case's form at `action` until the case no longer asks for it."""

        def gone() -> bool:
            page = who.open("desk", f"/cases/{self.case}/")
            if page.status != 200:
                raise Gap(f"{page.url} answered {page.status}")
            try:
                form = page.form(action=action)
            except FormNotFound:
                return True
            who.send_once(page, form, **values)
            return False

        self._eventually(action, gone)

    def _eventually(self, what: str, look: Callable[[], Done | None]) -> Done:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = look()
            if found:
                return found
            time.sleep(0.1)
        raise Gap(f"{self.name}: waited {PATIENCE:.0f} seconds for {what}")


def _has(page: Page, *names: str, action: str) -> bool:
    try:
        page.form(*names, action=action)
    except FormNotFound:
        return False
    return True
