# SPDX-License-Identifier: Apache-2.0
"""The ledger of looks: asked for, made, compared with the one before, kept, ended."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import override_settings

from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.hosting import sweeps
from hearthline.hub.hosting.actions import (
    ATTEMPTS,
    LookupsOff,
    NotAHost,
    ask,
    keep,
    look_up,
    read_facts,
)
from hearthline.hub.hosting.models import HostingFact, HostingLookup, digest_of
from hearthline.hub.hosting.tests.make import HOST, IP, OTHER_IP, finding, make_hosting
from hearthline.hub.sealing.actions import KeyDestroyed
from hearthline.kit.hosting import What

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def sweep(at, find=None) -> int:
    return sweeps.look_up_due(holder="w", at=at, find=find or finding())


def test_a_host_that_is_asked_for_is_looked_up_once(now):
    ask(host=HOST, at=now)
    assert sweep(now) == 1
    assert sweep(now) == 0
    fact = HostingFact.objects.newest(digest_of(HOST))
    assert (fact.country, fact.kind, fact.known, fact.moved) == ("XS", "site", True, False)
    found = read_facts(fact=fact, by=Actor.worker(), at=now, purpose="test")
    assert found == make_hosting(now)


def test_asking_twice_is_asking_once(now):
    first, second = ask(host=HOST, at=now), ask(host=HOST, at=now)
    assert first == second
    assert sweep(now) == 1


def test_a_fresh_look_is_not_made_again_and_an_old_one_is(now):
    ask(host=HOST, at=now)
    sweep(now)
    ask(host=HOST, at=now + HOUR)
    assert sweep(now + HOUR) == 0
    ask(host=HOST, at=now + 12 * HOUR)
    assert sweep(now + 12 * HOUR) == 1


def test_an_origin_that_is_told_is_looked_up_at_once_and_stays(now):
    told = []

    def find(host, *, at, origin=""):
        told.append(origin)
        return make_hosting(at)

    ask(host=HOST, at=now)
    sweep(now, find)
    ask(host=HOST, origin=IP, at=now + HOUR)
    sweep(now + HOUR, find)
    ask(host=HOST, at=now + 24 * HOUR)
    sweep(now + 24 * HOUR, find)
    assert told == ["", IP, IP]


@pytest.mark.parametrize("text", ["", "two words", "http://host.test/", "HOST.test", "host.test:8"])
def test_what_is_no_host_is_refused(now, text):
    with pytest.raises(NotAHost):
        ask(host=text, at=now)
    assert HostingLookup.objects.count() == 0


def test_a_wrong_origin_is_refused(now):
    with pytest.raises(NotAHost):
        ask(host=HOST, origin="http://10.0.0.1/", at=now)


def test_nobody_outside_is_asked_unless_the_site_wants_it(now, settings):
    assert settings.HOSTING_LOOKUPS is False
    with pytest.raises(LookupsOff):
        look_up(host=HOST, at=now)
    ask(host=HOST, at=now)
    assert sweeps.look_up_due(holder="w", at=now) == 0
    assert HostingLookup.objects.due(now).count() == 1


@override_settings(HOSTING_LOOKUPS=True)
def test_a_place_that_takes_its_own_way_is_noted_without_asking_anybody(now):
    onion = "a" * 56 + ".onion"
    ask(host=onion, at=now)
    assert sweeps.look_up_due(holder="w", at=now) == 1
    fact = HostingFact.objects.newest(digest_of(onion))
    assert (fact.kind, fact.known, fact.country) == (HostingFact.Kind.ONION, False, "")
    assert HostingLookup.objects.get().due_at is None


@override_settings(HOSTING_LOOKUPS=True)
def test_a_text_that_is_no_host_is_refused_by_the_look_too(now):
    with pytest.raises(NotAHost):
        look_up(host="two words", at=now)


# A change of host


def test_a_host_that_moved_is_seen_by_whoever_looked_before(now):
    keep(found=make_hosting(now))
    keep(found=make_hosting(now + HOUR, ip=OTHER_IP))
    digest = digest_of(HOST)
    changed = HostingFact.objects.changed_since(digest, now)
    assert changed == HostingFact.objects.newest(digest)
    assert changed.moved
    assert HostingFact.objects.changed_since(digest, now + HOUR) is None


def test_a_host_that_stays_has_not_changed(now):
    for hours in range(3):
        keep(found=make_hosting(now + hours * HOUR))
    assert HostingFact.objects.changed_since(digest_of(HOST), now - HOUR) is None


def test_a_look_that_learnt_nothing_is_no_change_and_hides_none(now):
    digest = digest_of(HOST)
    keep(found=make_hosting(now))
    keep(found=make_hosting(now + HOUR, ip=""))
    assert HostingFact.objects.changed_since(digest, now) is None
    keep(found=make_hosting(now + 2 * HOUR, ip=OTHER_IP))
    assert HostingFact.objects.changed_since(digest, now).at == now + 2 * HOUR


def test_looks_of_one_moment_keep_their_order(now):
    keep(found=make_hosting(now))
    last = keep(found=make_hosting(now, ip=OTHER_IP))
    assert HostingFact.objects.newest(digest_of(HOST)) == last


def test_no_host_has_no_facts(now):
    assert HostingFact.objects.newest(b"") is None
    assert HostingFact.objects.changed_since(b"", now) is None
    assert HostingFact.objects.newest(digest_of("other.test")) is None


def test_another_hosts_move_is_not_this_ones(now):
    keep(found=make_hosting(now))
    keep(found=make_hosting(now, host="other.test", ip=OTHER_IP))
    assert HostingFact.objects.changed_since(digest_of("other.test"), now - HOUR) is None


def test_behind_a_proxy_the_country_is_not_known(now):
    fact = keep(found=make_hosting(now, proxy="Cloudflare", country="US"))
    assert (fact.proxied, fact.country) == (True, "")


# Trouble


def test_a_look_that_fails_is_tried_again_and_ends(now, caplog):
    def broken(host, *, at, origin=""):
        raise RuntimeError("a fault of ours")

    ask(host=HOST, at=now)
    at = now
    for _ in range(ATTEMPTS):
        assert sweep(at, broken) == 0
        at += 2 * HOUR
    assert "is tried again" in caplog.text
    assert HostingLookup.objects.get().due_at is None
    assert HostingFact.objects.count() == 0


def test_a_look_that_learnt_no_address_is_kept_and_tried_again(now):
    ask(host=HOST, at=now)
    sweep(now, finding(ip=""))
    lookup = HostingLookup.objects.get()
    assert lookup.due_at > now
    assert not HostingFact.objects.newest(digest_of(HOST)).known
    sweep(lookup.due_at)
    assert HostingFact.objects.newest(digest_of(HOST)).known
    assert HostingLookup.objects.get().due_at is None


def test_a_worker_that_lost_its_lease_does_not_settle(now, caplog):
    def slow(host, *, at, origin=""):
        HostingLookup.objects.update(lease_by="another")
        return make_hosting(at)

    ask(host=HOST, at=now)
    sweep(now, slow)
    assert "taken over by another worker" in caplog.text
    assert HostingLookup.objects.get().lease_by == "another"


# What is kept


def test_host_and_findings_are_sealed_and_reading_them_is_audited(now):
    ask(host=HOST, origin=IP, at=now)
    sweep(now)
    fact, lookup = HostingFact.objects.get(), HostingLookup.objects.get()
    for stored in (fact.host, fact.record, lookup.host, lookup.origin):
        assert b"harbour" not in bytes(stored)
        assert IP.encode() not in bytes(stored)
    read_facts(fact=fact, by=Actor.worker(), at=now, purpose="referral")
    verbs = list(Entry.objects.filter(verb__startswith="hosting.").values_list("verb", flat=True))
    assert sorted(verbs) == ["hosting.ask", "hosting.look_up", "hosting.read"]
    assert Entry.objects.get(verb="hosting.read").reason == "referral"
    assert "harbour" not in " ".join(Entry.objects.values_list("detail", flat=True))


@pytest.mark.parametrize("column", ["record", "country", "moved", "at", "made"])
def test_the_database_refuses_to_change_a_look(now, column):
    fact = keep(found=make_hosting(now))
    other = {"record": b"x", "country": "XN", "moved": True, "at": now - HOUR, "made": 9}[column]
    with pytest.raises(DatabaseError), transaction.atomic():
        HostingFact.objects.filter(pk=fact.pk).update(**{column: other})


def test_a_look_ends_with_the_time_a_case_is_kept(now, settings):
    keep_days = timedelta(days=settings.PACK.retention.case_days)
    ask(host=HOST, at=now)
    sweep(now)
    assert sweeps.end_looks(holder="w", at=now + keep_days - HOUR) == 0
    assert sweeps.end_looks(holder="w", at=now + keep_days) == 2
    fact = HostingFact.objects.select_related("data_key").get()
    with pytest.raises(KeyDestroyed):
        read_facts(fact=fact, by=Actor.worker(), at=now, purpose="test")
    assert HostingFact.objects.newest(digest_of(HOST)) is None
    assert HostingLookup.objects.count() == 0
    assert sweeps.end_looks(holder="w", at=now + keep_days) == 0


def test_a_host_that_was_never_looked_up_is_forgotten_too(now, settings):
    ask(host=HOST, at=now)
    assert sweeps.look_up_due(holder="w", at=now) == 0
    assert sweeps.end_looks(holder="w", at=now + timedelta(settings.PACK.retention.case_days)) == 1
    assert HostingLookup.objects.count() == 0


@override_settings(HOSTING_LOOKUPS=True)
def test_the_worker_asks_the_registers_of_the_operators_folder_inside_the_guard(now, tmp_path):
    here = [[["8.0.0.0/8"], ["https://127.0.0.1:8443/"]]]
    for name in ("ipv4", "ipv6", "dns"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"services": here * (name == "ipv4")}))
    ask(host=IP, at=now)
    with override_settings(RDAP_BOOTSTRAP=str(tmp_path)):
        assert sweeps.look_up_due(holder="w", at=now) == 1
    fact = HostingFact.objects.newest(digest_of(IP))
    found = read_facts(fact=fact, by=Actor.worker(), at=now, purpose="test")
    assert found.values(What.ADDRESS) == (IP,)
    assert [failure.code for failure in found.failures] == ["not_allowed", "unknown"]


@override_settings(HOSTING_LOOKUPS=True)
def test_a_folder_that_is_not_in_order_is_logged_and_the_host_tried_again(now, tmp_path, caplog):
    ask(host=IP, at=now)
    with override_settings(RDAP_BOOTSTRAP=str(tmp_path)):
        assert sweeps.look_up_due(holder="w", at=now) == 0
    assert "ipv4.json could not be read" in caplog.text
    assert HostingLookup.objects.get().due_at > now


def test_facts_of_the_kit_come_back_as_they_were(now):
    fact = keep(found=make_hosting(now))
    found = read_facts(fact=fact, by=Actor.worker(), at=now, purpose="test")
    assert found.values(What.ABUSE) == ("abuse@quay-names.test", "abuse@harbour-net.test")
