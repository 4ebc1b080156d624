# SPDX-License-Identifier: Apache-2.0
"""The host of an address changes while its notice is open: a person says who is told."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.directory.tests.make import make_contact
from hearthline.hub.hosting.actions import keep
from hearthline.hub.hosting.models import HostingLookup
from hearthline.hub.hosting.tests.make import IP, OTHER_IP, make_hosting
from hearthline.hub.notices.actions import NothingWaits, record_answer, settle_wait
from hearthline.hub.notices.actions.queue import contact_of, mailbox_of
from hearthline.hub.notices.models import Lane, Notice
from hearthline.hub.notices.sweeps import check_availability, park_moved_hosts
from hearthline.hub.notices.tests.make import MAILBOX, make_host, make_sent, sweep
from hearthline.kit.urls import Observation, Verdict

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def fresh(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def found_at(ip: str, at) -> None:
    keep(found=make_hosting(at, ip=ip))


@pytest.fixture
def moved(notice, now) -> Notice:
    """Found elsewhere an hour after it was sent, and parked."""
    found_at(IP, now - HOUR)
    found_at(OTHER_IP, now + HOUR)
    assert park_moved_hosts(holder="w1", at=now + HOUR) == 1
    return fresh(notice)


def test_a_change_of_host_parks_the_notice_and_nobody_is_written_to(moved, inbox, now):
    assert moved.waits_for == Notice.Waits.HOST_CHANGED
    assert list(Notice.objects.in_lane(Lane.PERSON, now)) == [moved]
    assert park_moved_hosts(holder="w1", at=now + HOUR) == 0
    for hours in (24, 48, 72, 96):
        sweep(now + hours * HOUR)
    assert len(inbox.to(MAILBOX)) == 1
    assert fresh(moved).state == Notice.State.SENT


def test_the_same_host_or_a_change_before_the_letter_parks_nothing(notice, now):
    found_at(IP, now - 3 * HOUR)
    found_at(OTHER_IP, now - 2 * HOUR)
    found_at(OTHER_IP, now + HOUR)
    assert park_moved_hosts(holder="w1", at=now + 2 * HOUR) == 0


def test_a_person_goes_on_with_the_host(moved, ana, inbox, now):
    settle_wait(notice=moved, by=ana, at=now + 26 * HOUR)
    assert park_moved_hosts(holder="w1", at=now + 26 * HOUR) == 0, "it was taken note of"
    sweep(now + 26 * HOUR)
    assert len(inbox.to(MAILBOX)) == 2
    with pytest.raises(NothingWaits):
        settle_wait(notice=moved, by=ana, at=now + 27 * HOUR)


def test_a_person_has_the_new_host_told(moved, ana, now):
    form = {"host": "new"}
    page = signed_in(ana).post(reverse("notice_settle", args=[moved.pk]), form, follow=True)
    assert "Now find out who hosts it." in page.content.decode()
    assert fresh(moved).needs_host
    assert park_moved_hosts(holder="w1", at=now + 3 * HOUR) == 0


def test_who_may_not_answer_may_not_settle_it(moved, stella, now):
    with pytest.raises(NotAllowed):
        settle_wait(notice=moved, by=stella, at=now, new_host=True)


def test_an_answer_of_the_old_host_leaves_it_parked(moved, ana, now):
    record_answer(notice=moved, code="acknowledged", note="", by=ana, at=now + 2 * HOUR)
    assert fresh(moved).waits_for == Notice.Waits.HOST_CHANGED


def test_what_waits_for_a_second_look_waits_for_that_first(notice, ana, now):
    found_at(IP, now - HOUR)
    record_answer(
        notice=notice, code="refused", refusal="content_disputed", note="", by=ana, at=now + HOUR
    )
    found_at(OTHER_IP, now + 2 * HOUR)
    assert park_moved_hosts(holder="w1", at=now + 2 * HOUR) == 0


def test_hosts_are_looked_up_again_while_it_is_open_where_lookups_are_on(
    settings, inbox, ana, ben, ada, now
):
    settings.HOSTING_LOOKUPS = True
    make_host(ada=ada, at=now)
    make_sent("http://pages.harbour-host.test/album/7", ana=ana, ben=ben, at=now)
    lookup = HostingLookup.objects.get()
    assert lookup.asked_at == now
    check_availability(
        holder="w1",
        at=now + 20 * HOUR,
        probe=lambda url, **_: Observation(url, Verdict.PRESENT, "http_200", ()),
    )
    lookup.refresh_from_db()
    assert lookup.asked_at == now + 20 * HOUR


def test_where_lookups_are_off_nobody_is_asked_for(notice):
    assert not HostingLookup.objects.exists()


def test_a_network_or_registrar_is_never_written_to_as_the_host(ada, now):
    host = make_host(ada=ada, at=now, mailbox="")
    make_contact(host, by=ada, at=now, scope="network", value="abuse@carrier.test")
    make_contact(host, by=ada, at=now, scope="registrar", value="desk@names.test")
    assert contact_of(host) is None
    assert mailbox_of(host) is None
