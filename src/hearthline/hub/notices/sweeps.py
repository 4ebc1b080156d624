# SPDX-License-Identifier: Apache-2.0
import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db import OperationalError

from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.models import Case
from hearthline.hub.clocks.actions import LeaseLost, lease
from hearthline.hub.mail.actions import ExerciseStaysHere, HeldBack
from hearthline.hub.notices import actions
from hearthline.hub.notices.models import Copy, Notice, Post, Reader, Watch, cases_awaiting_notice
from hearthline.kit import urls

log = logging.getLogger(__name__)

Probe = Callable[..., urls.Observation]

BATCH = 100
# No check is begun after this many seconds, so that a run of slow hosts ends well.
RUN = 60.0


def open_notices(*, holder: str, at: datetime) -> int:
    """A notice for every case that police have and whose host is not held back."""
    opened = 0
    for case in cases_awaiting_notice(at)[:BATCH]:
        with _apart("case", case.pk):
            actions.queue_notice(case=case, at=at, actor=Actor.worker())
            opened += 1
    return opened


def park_moved_hosts(*, holder: str, at: datetime) -> int:
    """Park open notices whose host changed, before anything more is written; how many."""
    parked = 0
    for notice in Notice.objects.host_changed()[:BATCH]:
        with _apart("notice", notice.pk):
            parked += actions.park_for_host(notice=notice, at=at)
    return parked


def write_letters(*, holder: str, at: datetime) -> int:
    """First letters, reminders and escalations that are due; the number of letters posted."""
    written = 0
    for _ in range(BATCH):
        # One at a time: others may travel in its letter, and are then not due any more.
        leased = lease(Notice.objects.due(at), holder=holder, at=at, limit=1)
        if not leased:
            break
        with _apart("notice", leased[0].pk):
            written += actions.write_due(notice=leased[0], holder=holder, at=at)
    return written


def send_posts(*, holder: str, at: datetime, roots: str | None = None) -> int:
    """Send what is due to HTTPS endpoints, one at a time; the number they took.

    `roots` is PEM text of certificate authorities to trust besides the system's, if not those of
    the settings.
    """
    started, taken = time.monotonic(), 0
    while time.monotonic() - started < RUN:
        leased = lease(Post.objects.due(at), holder=holder, at=at, limit=1)
        if not leased:
            break
        with _apart("post", leased[0].pk):
            taken += _post(leased[0], holder=holder, at=at, roots=roots or settings.CA_ROOTS)
    return taken


def forget_posts(*, holder: str, at: datetime) -> int:
    """Destroy the keys of posts whose time to be read is over."""
    outlived = list(Post.objects.outlived(at).select_related("data_key")[:500])
    for post in outlived:
        actions.forget_post(post=post, at=at)
    return len(outlived)


def seal_copies(*, holder: str, at: datetime) -> int:
    """Seal for each reader at the providers' door what it was told and may read; how many.

    Nothing new while police hold a case back, nor of one that every reporter left.
    """
    sealed, cleared = 0, Case.objects.cleared_for_notice(at)
    readers = Reader.objects.in_force(at).select_related("contact__organisation")
    for reader in readers.select_related("key__organisation").iterator():
        told = Notice.objects.told_to(reader).open().exclude(copies__reader=reader)
        told = told.filter(case__in=cleared)
        for notice in told.select_related("case__subject")[: BATCH - sealed]:
            with _apart("notice", notice.pk):
                actions.seal_copy(reader=reader, notice=notice, at=at)
            sealed += 1
        if sealed >= BATCH:
            break
    return sealed


def forget_copies(*, holder: str, at: datetime) -> int:
    """End the copies that nobody reads any more; how many."""
    outlived = list(Copy.objects.outlived(at)[:500])
    for copy in outlived:
        actions.forget_copy(copy=copy, at=at)
    return len(outlived)


def forget_links(*, holder: str, at: datetime) -> int:
    """End the secrets of links that open nothing any more; how many."""
    outlived = list(Reader.objects.outlived(at)[:500])
    for reader in outlived:
        actions.forget_link(reader=reader, at=at)
    return len(outlived)


def note_deliveries(*, holder: str, at: datetime) -> int:
    """What became of the letters: clocks start when the host's mail server took the notice."""
    noted = 0
    for notice in Notice.objects.posted()[:BATCH]:
        with _apart("notice", notice.pk):
            noted += actions.note_delivery(notice=notice, at=at)
    return noted


def check_availability(*, holder: str, at: datetime, probe: Probe = urls.probe) -> int:
    """Look whether what was noticed is still there; the number of checks made."""
    started, made = time.monotonic(), 0
    while time.monotonic() - started < RUN:
        # One at a time: a check may take a minute, and a lease lasts five.
        leased = lease(Watch.objects.due(at), holder=holder, at=at, limit=1)
        if not leased:
            break
        with _apart("watch", leased[0].pk):
            made += _check(leased[0], holder=holder, at=at, probe=probe)
    return made


def end_looks(*, holder: str, at: datetime) -> int:
    """End what was seen for notices whose case has ended; how many notices."""
    kept = list(Notice.objects.of_ended_cases()[:BATCH])
    for notice in kept:
        with _apart("notice", notice.pk):
            actions.end_looks(notice=notice, at=at)
    return len(kept)


SWEEPS: tuple[Callable[..., int], ...] = (
    open_notices,
    park_moved_hosts,
    write_letters,
    send_posts,
    note_deliveries,
    seal_copies,
    check_availability,
    forget_posts,
    forget_copies,
    forget_links,
    end_looks,
)


@contextlib.contextmanager
def _apart(kind: str, number: object) -> Iterator[None]:
    """One row's trouble is its own: it is logged, stays due, and the next row has its turn."""
    try:
        yield
    except LeaseLost:
        log.warning("%s %s was taken over by another worker", kind, number)
    except OperationalError:
        raise  # the database is busy for every row
    except Exception:
        log.exception("%s %s failed; it is tried again", kind, number)


def _check(watch: Watch, *, holder: str, at: datetime, probe: Probe) -> bool:
    try:
        address = actions.address_to_check(watch=watch, holder=holder, at=at)
    except ExerciseStaysHere:
        seen = actions.invented_look(watch=watch, at=at)
    else:
        if address is None:
            return False
        seen = probe(address, resolve=_resolve, allow=_allow)
    actions.record_check(watch=watch, seen=seen, holder=holder, at=at)
    return True


def _post(post: Post, *, holder: str, at: datetime, roots: str | None) -> bool:
    """One post, one request; True when the endpoint took it."""
    try:
        parcel = actions.start_posting(post=post, holder=holder, at=at)
    except HeldBack:
        log.info("post %s is held back", post.pk)
        return False
    except ExerciseStaysHere:
        actions.keep_here(post=post, holder=holder, at=at)
        return True
    try:
        status = urls.deliver(
            parcel.url,
            headers=parcel.headers,
            body=parcel.body,
            resolve=_resolve,
            allow=_allow,
            roots=roots,
        )
    except urls.NotDelivered as trouble:
        actions.note_trouble(
            post=post, words=trouble.code, arrived=trouble.arrived, holder=holder, at=at
        )
        return False
    return actions.note_answer(post=post, status=status, holder=holder, at=at)


def _resolve(host: str) -> Sequence[str]:
    """The machine's resolver; in the demonstration its own host's names lead to loopback."""
    if settings.DEMO:
        for name, target in settings.PROBE_HOSTS.items():
            if host == name or host.endswith(f".{name}"):
                return (target.rpartition(":")[0],)
    return urls.system_resolve(host)


def _allow(address: str, port: int) -> bool:
    """Public addresses only; in the demonstration also exactly its own host's."""
    demo_host = settings.DEMO and f"{address}:{port}" in settings.PROBE_HOSTS.values()
    return demo_host or urls.public_only(address, port)
