# SPDX-License-Identifier: Apache-2.0
"""What waits for a second person: a role, a police unit's key, its member. Abel was the first."""

from typing import Any

from hearthline.hub.accounts.actions import grant
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.config.tests import objects_rooms as rooms
from hearthline.hub.config.tests.world import World
from hearthline.hub.directory import actions as directory
from hearthline.hub.directory.models import Contact
from hearthline.hub.directory.tests.make import make_organisation, make_unit


def role(world: World, who: str, what: str) -> Any:
    """Somebody with a role that waits, or oneself."""
    if what == "own":
        return rooms.person(world, who, what, "role")

    def make() -> Any:
        one = make_user("Wanda")
        grant(user=one, role="analyst", by=world.abel, at=world.at)
        return one

    return {"pk": world.once(("waiting role",), make).pk, "role": "analyst"}


def key(world: World, who: str, what: str) -> Any:
    """A unit with a key that waits; retired since, when `what` is "closed"."""

    def make() -> Any:
        unit = make_unit(by=world.abel, at=world.at, name=f"{what} unit whose key waits")
        directory.set_age_recipient(
            organisation=unit, recipient=rooms.recipient(), by=world.abel, at=world.at
        )
        if what == "closed":
            directory.retire(organisation=unit, reason="Closed.", by=world.abel, at=world.at)
        return unit

    return world.once(("waiting key", what), make).pk


def member(world: World, who: str, what: str) -> Any:
    def make() -> Any:
        liaison, unit = make_user("Wilma", Role.POLICE_LIAISON), world.units["Quay"]
        return directory.join(user=liaison, organisation=unit, by=world.abel, at=world.at)

    return world.once(("waiting member",), make).pk


def found(world: World, who: str, what: str) -> Any:
    """A contact that a program found: it waits for a person, or was refused."""

    def make() -> Contact:
        one = make_organisation(by=world.ada, at=world.at, name=f"Host with {what} found")
        named = directory.FoundContact(
            "network", "email", "abuse@harbour-net.test", "RDAP", world.at.date()
        )
        made = directory.take_in(organisation=one, found=named, by=None, at=world.at)
        if what == "closed":
            directory.refuse_found(contact=made, reason="Not it.", by=world.ada, at=world.at)
        return made

    return world.once(("found", what), make).pk
