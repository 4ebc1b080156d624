# SPDX-License-Identifier: Apache-2.0
"""Appeals in the scopes of `objects`."""

from typing import Any

from hearthline.hub.accounts.models import User
from hearthline.hub.appeals import actions
from hearthline.hub.appeals.actions import Decision
from hearthline.hub.appeals.models import Appeal
from hearthline.hub.appeals.tests.make import make_appeal
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import subject_address
from hearthline.hub.config.tests.world import World

DECIDERS = {"Sena", "Mara"}
# Where nothing of ours is disputed, nothing but a reason is needed.
NOT_OURS = {"reasons": ["not_on_list"], "words": "Ask your provider."}


def appeal(world: World, who: str, what: str) -> Any:
    """In nobody's hands, in somebody's, decided, or about what Sena and Mara worked on."""
    if what == "own" and who not in DECIDERS:
        return None
    by = world.people[who] if what == "own" else world.people["Sela"]

    def make() -> Appeal:
        address = "http://elsewhere.example.org/"
        if what == "worked on":
            address = _worked_on(world)
        one = make_appeal(at=world.at, address=address).appeal
        if what in ("own", "others", "closed"):
            actions.acknowledge(appeal=one, by=by, at=world.at)
        if what == "closed":
            decision = Decision(results={}, reasons=["not_on_list"])
            actions.decide(appeal=one, decision=decision, by=by, at=world.at)
        return one

    return world.once(("appeal", what, by.name), make).pk


def agreeing(world: World, who: str, what: str) -> Any:
    """An appeal whose finding is to be undone, decided by whoever asks or by somebody else."""
    if what == "own" and who not in DECIDERS:
        return None
    by: User = world.people[who if what == "own" else "Sela"]

    def make() -> Appeal:
        case = world.case("confirmed", known=True)
        one = make_appeal(at=world.at, address=_address(world, case)).appeal
        if what == "free":
            return one
        actions.acknowledge(appeal=one, by=by, at=world.at)
        results = {measure.pk: "lifted" for measure in one.measures.all()}
        decision = Decision(results=results, reasons=["not_unlawful"])
        actions.decide(appeal=one, decision=decision, by=by, at=world.at)
        return one

    return world.once(("agreeing", what, by.name), make).pk


def _worked_on(world: World) -> str:
    case = world.case("confirmed")
    for name in DECIDERS:
        record(at=world.at, actor=world.people[name].actor, verb="cases.level", about=case)
    return _address(world, case)


def _address(world: World, case: Any) -> str:
    return subject_address(case=case, actor=Actor.worker(), at=world.at, purpose="a test").url
