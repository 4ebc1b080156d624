# SPDX-License-Identifier: Apache-2.0
"""A confirmed case hosted abroad, whose host was looked up, and what a hotline there has of it."""

from typing import Any

from hearthline.hub.cases.models import Case
from hearthline.hub.config.tests.world import OWN_REPORT, PLAIN, STEPPED_BACK, World
from hearthline.hub.hosting.actions import keep
from hearthline.hub.hosting.tests.make import make_hosting
from hearthline.hub.referrals import actions as referrals
from hearthline.hub.referrals.models import HandOver
from hearthline.hub.referrals.tests.make_abroad import COUNTRY, cleared, make_hotline

CONTACT = {"part": "host", "value": "abuse@harbour-net.test"}


def case(world: World, who: str, what: str) -> Any:
    return _cleared(world, what).pk


def form(world: World) -> dict[str, str]:
    return {"hotline": str(_hotline(world).pk), "channel": "hand", "grounds": "They told us."}


def hand_over(world: World, who: str, what: str) -> Any:
    """With the hotline, to be entered by a person; "closed" was returned."""

    def make() -> HandOver:
        row = referrals.hand_over(
            case=_cleared(world, "open" if what == "closed" else what, by="Ben"),
            hotline=_another(world) if what == "closed" else _hotline(world),
            channel="hand", by=world.ben, at=world.at, grounds="They told us.",
        )  # fmt: skip
        if what == "closed":
            row = referrals.note_returned(row=row, because="other", by=world.ben, at=world.at)
        return row

    return world.once(("hand-over", what), make).pk


def _cleared(world: World, what: str, by: str = "Sela") -> Case:
    """Apart from the cases of other routes, for which police have no package yet."""

    def make() -> Case:
        if what == "closed":
            return world.case("closed")
        whose = what if what in (OWN_REPORT, STEPPED_BACK) else PLAIN
        keep(found=make_hosting(world.at, country=COUNTRY))
        return cleared(world.case("abroad", by=by, whose=whose, known=True), at=world.at)

    return world.once(("abroad", what, by), make)


def _hotline(world: World) -> Any:
    return world.once(("hotline",), lambda: make_hotline(ada=world.ada, at=world.at))


def _another(world: World) -> Any:
    return world.once(
        ("another hotline",),
        lambda: make_hotline(ada=world.ada, at=world.at, name="Westland Hotline", country="XW"),
    )
