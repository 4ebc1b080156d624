# SPDX-License-Identifier: Apache-2.0
"""Entries of the block list and the networks that fetch it, in the scopes of `objects`."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.blocklists.tests.make import LAW, make_ordered
from hearthline.hub.config.tests.world import OWN_REPORT, PLAIN, STEPPED_BACK, World
from hearthline.hub.directory.tests.make import make_organisation

PROPOSERS = {"Ana", "Sena"}
PROPOSAL = {"place": "url:0", "legal_basis": LAW, "reason": "A child is in danger there."}
ORDER = {
    "scope": "host", "address": "order.quay.test", "category": "baseline", "legal_basis": LAW,
    "reason": "Order 7.", "width_reason": "The order says so.",
}  # fmt: skip
REFUSAL = {"refuse-reason": "The page is enough."}
OVERRIDE = {"override-reason": "All of it is one offender's."}
RENEWAL = {"renew-reason": "Still there."}
END = {"delist-because": "review", "delist-reason": "No longer needed."}


def case(world: World, who: str, what: str) -> Any:
    """A case to propose from: confirmed, closed, reported by or left by the person who asks."""
    whose = what if what in (OWN_REPORT, STEPPED_BACK) else PLAIN
    stage = "closed" if what == "closed" else "confirmed"
    return {"case": world.case(stage, whose=whose).pk}


def entry(world: World, who: str, what: str) -> Any:
    """An entry at a stage: "STAGE" by Ben and Sela, or "STAGE: own" by the person who asks."""
    stage, _sign, own = what.partition(": ")
    if own and who not in ({"Sena"} if stage == "once overridden" else PROPOSERS):
        return None
    by = world.people[who if own else "Ben"]

    def make() -> Entry:
        name = f"{stage.replace(' ', '-')}-{by.name.lower()}"
        # A public suffix that a company added for its customers: a guard speaks against it.
        guarded = stage in ("guarded", "once overridden")
        address = "github.io" if stage == "guarded" else f"{name}.quay.test"
        address = "gitlab.io" if stage == "once overridden" else address
        proposer = world.ben if stage == "once overridden" else by
        made = make_ordered(address, by=proposer, at=world.at, against_guard=guarded)
        if stage in ("listed", "due", "delisted"):
            actions.approve(entry=made, by=world.sela, at=world.at)
        if stage == "due":
            soon = timezone.localdate(world.at) + timedelta(days=2)
            actions.set_review(entry=made, on=soon, by=world.mina, at=world.at)
        if stage == "delisted":
            actions.delist(entry=made, because="expired", at=world.at)
        if stage == "once overridden":
            actions.override(entry=made, reason="It is needed.", by=by, at=world.at)
        return made

    return world.once(("entry", stage, by.name), make).pk


def day(world: World) -> dict[str, str]:
    return {"on": (timezone.localdate(world.at) + timedelta(days=30)).isoformat()}


def newcomer(world: World) -> dict[str, str]:
    """A network that does not fetch the list yet."""
    made = world.once(
        ("network", "new"),
        lambda: make_organisation(by=world.ada, at=world.at, name="Pier Net", kind="service"),
    )
    return {"organisation": str(made.pk)}


def network(world: World, who: str, what: str) -> Any:
    def make() -> Any:
        organisation = make_organisation(by=world.ada, at=world.at, name="Quay Net", kind="service")
        return actions.add_subscriber(organisation=organisation, by=world.mina, at=world.at)

    return world.once(("network", "open"), make).subscriber.pk
