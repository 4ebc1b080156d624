# SPDX-License-Identifier: Apache-2.0
"""A newspaper is blocked by mistake, appeals, and is free again wherever the list is used."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings as live
from django.test import Client
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.blocklists import actions, partners, sweeps
from hearthline.hub.blocklists.keys import signing_key
from hearthline.hub.blocklists.models import Change, Entry, LagAlarm
from hearthline.hub.blocklists.tests.make import make_network, make_ordered, make_silent
from hearthline.hub.cases.models import StepBack
from hearthline.kit.blocking import RolledBack, check_manifest
from hearthline.kit.urls.prefix_messages import apply, read_search

pytestmark = pytest.mark.django_db

NEWSPAPER = "herald.example.org"
FULL = sha256(f"{NEWSPAPER}/".encode()).digest()


class Network:
    """A network's program: it checks what it fetches and keeps the newest version."""

    def __init__(self, made: actions.NewKey) -> None:
        self.client, self.serial, self.prefixes, self.zone = Client(), 0, None, b""
        self.headers = {"Authorization": f"Bearer {made.text}"}
        self.key = signing_key(live.BLOCKLIST_PRIVATE_KEY).public_key()

    def ask(self, name, *args, **data):
        answer = self.client.get(reverse(name, args=args), data, headers=self.headers)
        assert answer.status_code == 200
        return b"".join(answer.streaming_content) if answer.streaming else answer.content

    def update(self, serial: int) -> None:
        text = self.ask("blocklist_output", serial, "manifest.json")
        manifest = check_manifest(text, self.key, self.serial)
        zone = self.ask("blocklist_output", serial, "rpz.zone")
        manifest.check_output("rpz.zone", zone)
        self.zone, self.serial = zone, manifest.serial
        self.prefixes = apply(self.prefixes, self.ask("blocklist_prefixes"))
        url = reverse("blocklist_acknowledge", args=[serial])
        assert self.client.post(url, headers=self.headers).status_code == 200

    def blocks(self, host: str) -> tuple[bool, bool]:
        """By name, and by prefix and full hash."""
        full = sha256(f"{host}/".encode()).digest()
        near = self.prefixes.hold(int.from_bytes(full[:4], "big"))
        found = read_search(self.ask("blocklist_hashes", prefix=full[:4].hex())).hashes
        return f"\n{host} A ".encode() in self.zone, near and full in found


def round_of_worker(at) -> None:
    for sweep in sweeps.SWEEPS:
        sweep(holder="w1", at=at)


def test_a_newspaper_blocked_by_mistake_is_lifted_everywhere(
    home, settings, ana, sena, mara, ada, now
) -> None:
    partners.pace.forget()
    network = Network(make_network(mara=mara, ada=ada, at=now))
    entry = make_ordered(NEWSPAPER, by=ana, at=now)
    actions.approve(entry=entry, by=sena, at=now)
    round_of_worker(now)
    network.update(1)
    assert network.blocks(NEWSPAPER) == (True, True)

    actions.mark_appealed(entry=entry, at=now + timedelta(hours=1))
    actions.overturn(entry=entry, by=mara, at=now + timedelta(hours=2))
    round_of_worker(now + timedelta(hours=2))
    network.update(2)
    assert network.blocks(NEWSPAPER) == (False, False)
    assert Entry.objects.get().delisted_because == Entry.Because.APPEAL
    assert [change.kind for change in Change.objects.all()] == ["add", "remove"]
    with pytest.raises(RolledBack):
        network.update(1)


def test_a_network_that_sleeps_is_seen_at_the_desk(home, ana, sena, mara, ada, now) -> None:
    partners.pace.forget()
    awake = Network(make_network(mara=mara, ada=ada, at=now, name="Anchor Net"))
    make_network(mara=mara, ada=ada, at=now, name="Quay Net")
    actions.approve(entry=make_ordered(NEWSPAPER, by=ana, at=now), by=sena, at=now)
    round_of_worker(now)
    awake.update(1)
    round_of_worker(now + timedelta(minutes=60))
    (behind, well) = actions.standings(now + timedelta(minutes=60))
    assert (behind.subscriber.organisation.name, behind.late) == ("Quay Net", True)
    assert (well.subscriber.organisation.name, well.is_well) == ("Anchor Net", True)
    assert LagAlarm.objects.get().subscriber == behind.subscriber
    shown = signed_in(mara).get(reverse("blocklist_networks")).content.decode()
    assert shown.index("Quay Net") < shown.index("Anchor Net")


def test_a_wrongly_wide_entry_never_reaches_a_network(home, ana, ben, sena, now) -> None:
    case = make_silent(ana=ana, ben=ben, at=now, address="http://pastebin.com/a/b.html")
    ground = actions.ground_of(case=case, by=ana, at=now)
    against = {offer.place.scope.value: offer.against for offer in ground.offers}
    assert (against["url"], against["host"]) == (None, "shared_hosting")
    wide = next(offer.place for offer in ground.offers if offer.place.scope == "host")
    proposal = actions.Proposal(
        scope=wide.scope, address=wide.address, legal_basis="children_act_12",
        width_reason="All of it.", against_guard=True,
    )  # fmt: skip
    entry = actions.propose(case=case, proposal=proposal, by=ana, at=now)
    actions.override(entry=entry, reason="All of it is bad.", by=sena, at=now)
    round_of_worker(now)
    assert actions.make_version(at=now) is None


def test_who_stepped_back_reads_no_entry_about_it(proposed, ben, now) -> None:
    StepBack.objects.create(person=ben, subject=proposed.case.subject, at=now)
    assert signed_in(ben).get(reverse("blocklist_entry", args=[proposed.pk])).status_code == 403
