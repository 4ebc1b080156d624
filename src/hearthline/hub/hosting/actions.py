# SPDX-License-Identifier: Apache-2.0
"""Every write of the hosting ledger: asking for a look, making it, keeping it, ending it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.clocks.actions import hold, release, retry_at
from hearthline.hub.clocks.models import free
from hearthline.hub.hosting.models import FRESH, HostingFact, HostingLookup, digest_of
from hearthline.hub.sealing.actions import destroy, mint, open_as_desk
from hearthline.kit import hosting as kit

Find = Callable[..., kit.Hosting]

ATTEMPTS = 5


class LookupsOff(Exception):
    """This site asks nobody outside: HEARTHLINE_HOSTING_LOOKUPS is not set."""


class NotAHost(ValueError):
    """The text is no host name and no IP address."""


@transaction.atomic
def ask(
    *, host: str, at: datetime, origin: str = "", fresh: timedelta = FRESH, by: Actor | None = None
) -> HostingLookup:
    """Have `host` (canonical) looked up as soon as may be; a fresh look is not made again.

    `origin` is what lies behind a proxy, where somebody told us; another one is looked up at
    once. Asking twice is asking once. Raises NotAHost.
    """
    _refuse(host)
    if origin:
        _refuse(origin)
    row, told = _row_of(host, at)
    key = open_as_desk(row.data_key)
    if origin and row.unseal(key, "origin") != origin:
        row.seal(key, "origin", origin)
        told = True
    outdated = row.looked_at is None or row.looked_at + fresh <= at
    if row.due_at is None and (told or outdated):
        row.due_at, row.attempts = at, 0
    row.asked_at = max(row.asked_at, at)
    row.save()
    if told or by is not None:
        record(at=at, actor=by or Actor.worker(), verb="hosting.ask", about=row)
    return row


def look_up(*, host: str, at: datetime, origin: str = "", find: Find | None = None) -> HostingFact:
    """Look `host` up now and keep what was found, also what failed.

    Talks to the outside, so not in a transaction. `find` stands in for `kit.hosting.find`. Raises
    LookupsOff, NotAHost.
    """
    found = _found(host, origin, at) if find is None else find(host, at=at, origin=origin)
    return keep(found=found)


@transaction.atomic
def keep(*, found: kit.Hosting) -> HostingFact:
    """Write one look into the ledger, compared with the last that found an address."""
    digest = digest_of(found.host)
    # The queue's row of the host is the lock by which two looks at one host take turns.
    HostingLookup.objects.select_for_update().filter(host_digest=digest).first()
    earlier = HostingFact.objects.of_host(digest)
    last = earlier.filter(known=True, data_key__destroyed_at__isnull=True).first()
    newest = earlier.order_by("-made").first()
    country = found.country
    data_key, key = mint(at=found.at)
    row = HostingFact(
        data_key=data_key,
        host_digest=digest,
        kind=found.kind.value,
        country=country.value if country else "",
        proxied=found.proxied,
        known=bool(found.of(kit.What.ADDRESS)),
        moved=last is not None and found.moved_from(_read(last)),
        at=found.at,
        made=newest.made + 1 if newest else 1,
    )
    row.seal(key, "host", found.host)
    row.seal(key, "record", json.dumps(found.record()))
    row.save(force_insert=True)
    record(
        at=found.at,
        actor=Actor.worker(),
        verb="hosting.look_up",
        about=row,
        kind=row.kind,
        moved=row.moved,
        failed=sorted({failure.step.value for failure in found.failures}),
    )
    return row


def host_to_look_up(*, lookup: HostingLookup) -> tuple[str, str]:
    """Host and origin in clear, for the look of this moment."""
    key = open_as_desk(lookup.data_key)
    return lookup.unseal(key, "host"), lookup.unseal(key, "origin")


@transaction.atomic
def settle(*, lookup: HostingLookup, fact: HostingFact | None, holder: str, at: datetime) -> None:
    """Give the queue's row back: done, or again later when nothing was learnt, a few times."""
    row = hold(lookup, holder=holder)
    # An onion address or a store has no address to learn.
    learnt = fact is not None and (fact.known or fact.kind not in _ADDRESSED)
    again = None if learnt or row.attempts >= ATTEMPTS else retry_at(row, at=at)
    attempts = row.attempts
    release(row, due_at=again)
    # What did not work is counted on, so that it ends.
    row.attempts = attempts if again else 0
    row.looked_at = at if fact is not None else row.looked_at
    row.save()


def read_facts(*, fact: HostingFact, by: Actor, at: datetime, purpose: str) -> kit.Hosting:
    """What a look found, in clear; who read it, and what for, is kept. Raises KeyDestroyed."""
    found = _read(fact)
    record(at=at, actor=by, verb="hosting.read", about=fact, reason=purpose)
    return found


@transaction.atomic
def end_look(*, fact: HostingFact, at: datetime) -> None:
    """Destroy what a look found and its link to the host. Cannot be undone; twice is once."""
    destroy(fact.data_key, at=at)
    HostingFact.objects.filter(pk=fact.pk).update(host_digest=b"")
    record(at=at, actor=Actor.worker(), verb="hosting.end_look", about=fact)


@transaction.atomic
def forget_host(*, lookup: HostingLookup, at: datetime) -> None:
    """Take a host that nobody asked for in long out of the queue."""
    record(at=at, actor=Actor.worker(), verb="hosting.forget_host", about=lookup)
    destroy(lookup.data_key, at=at)
    lookup.delete()


@transaction.atomic
def end_host(*, lookup: HostingLookup, at: datetime) -> bool:
    """End everything known about a host that no case is about; False while it is looked up."""
    rows = HostingLookup.objects.select_for_update().filter(free(at), pk=lookup.pk)
    if rows.first() is None:
        return False
    for fact in HostingFact.objects.of_host(bytes(lookup.host_digest)).select_related("data_key"):
        end_look(fact=fact, at=at)
    forget_host(lookup=lookup, at=at)
    return True


def _row_of(host: str, at: datetime) -> tuple[HostingLookup, bool]:
    """The host's row in the queue, locked, and whether it was made just now."""
    rows = HostingLookup.objects.select_for_update().filter(host_digest=digest_of(host))
    row = rows.first()
    if row is not None:
        return row, False
    try:
        with transaction.atomic():
            data_key, key = mint(at=at)
            row = HostingLookup(
                data_key=data_key, host_digest=digest_of(host), asked_at=at, due_at=at
            )
            row.seal(key, "host", host)
            row.save(force_insert=True)
    except IntegrityError:
        # Somebody else asked in this very moment.
        return rows.get(), False
    return row, True


_ADDRESSED = (HostingFact.Kind.SITE, HostingFact.Kind.IP)


def _found(host: str, origin: str, at: datetime) -> kit.Hosting:
    if not settings.HOSTING_LOOKUPS:
        raise LookupsOff
    folder = settings.RDAP_BOOTSTRAP
    servers = kit.from_folder(Path(folder)) if folder else kit.shipped()
    try:
        return kit.find(host, at=at, servers=servers, origin=origin)
    except kit.HostRefused as refused:
        raise NotAHost(host) from refused


def _read(fact: HostingFact) -> kit.Hosting:
    return kit.read(json.loads(fact.unseal(open_as_desk(fact.data_key), "record")))


def _refuse(host: str) -> None:
    if not kit.is_host(host):
        raise NotAHost(host)
