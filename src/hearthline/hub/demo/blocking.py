# SPDX-License-Identifier: Apache-2.0
"""What the invented month knows of blocking: addresses whose hosts did not act, a network, appeals.

Two addresses are in force by two people, one more waits for the second. One network works with the
newest version, another has not fetched any. Somebody disputes a block and waits for the decision.
"""

from collections.abc import Mapping
from datetime import datetime

from hearthline.hub.accounts.models import User
from hearthline.hub.appeals import actions as appeals
from hearthline.hub.appeals.actions import Told
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.actions import Proposal
from hearthline.hub.blocklists.models import Entry, Subscriber, Version, cases_with_silent_hosts
from hearthline.hub.directory.actions import Facts, add_organisation

NETWORKS = ("Quay Net", "Ferry Mobile")
IN_FORCE = 2
APPEAL = (
    "This page is about boats. Our readers cannot open it any more, and nobody has told us why. "
    "Please look again."
)


def add_networks(people: Mapping[str, User], at: datetime) -> None:
    """Two networks that may fetch the list."""
    for name in NETWORKS:
        facts = Facts(
            name=name,
            kind="service",
            country="XS",
            source="invented for the demonstration",
            verified_on=at.date(),
        )
        organisation = add_organisation(facts=facts, by=people["mara"], at=at)
        actions.add_subscriber(organisation=organisation, by=people["mara"], at=at)


def block(people: Mapping[str, User], at: datetime) -> None:
    """Propose the address of the next case whose host had its time, and decide on the one before.

    Once enough is in force, what is proposed is left to whoever visits.
    """
    waiting = Entry.objects.filter(state=Entry.State.PROPOSED).first()
    if waiting is not None:
        if Entry.objects.in_force(at).count() < IN_FORCE:
            actions.approve(entry=waiting, by=people["sena"], at=at)
        return
    case = cases_with_silent_hosts(at).first()
    if case is None:
        return
    ground = actions.ground_of(case=case, by=people["ana"], at=at)
    offer = ground.offers[0]
    proposal = Proposal(
        scope=offer.place.scope, address=offer.place.address, legal_basis=ground.bases[0].key
    )
    actions.propose(case=case, proposal=proposal, by=people["ana"], at=at)


def fetch(at: datetime) -> None:
    """One of the networks works with the newest version."""
    newest = Version.objects.newest()
    network = Subscriber.objects.filter(organisation__name=NETWORKS[0]).first()
    if newest is not None and network is not None:
        actions.acknowledge(subscriber=network, serial=newest.serial, at=at)


def dispute(address: str, at: datetime) -> None:
    """Somebody disputes a block, and the worker joins the two."""
    told = Told(address=address, who="owner", words=APPEAL)
    made = appeals.appeal(told=told, language="en", at=at)
    appeals.look_up(appeal=made.appeal, at=at)
