# SPDX-License-Identifier: Apache-2.0
"""The worker has the hosts of cases looked up once they may be told, and again each day."""

from datetime import timedelta

import pytest
from django.test import override_settings

from hearthline.hub.audit.models import Actor
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.actions import hold_notice
from hearthline.hub.cases.sweeps import end_subjects
from hearthline.hub.cases.tests.make import confirmed
from hearthline.hub.clocks.actions import lease
from hearthline.hub.hosting.models import HostingFact, HostingLookup, digest_of
from hearthline.hub.hosting.sweeps import look_up_due
from hearthline.hub.hosting.tests.make import HOST, OTHER_IP, finding
from hearthline.hub.referrals import sweeps
from hearthline.hub.referrals.tests.make import make_confirmed
from hearthline.hub.referrals.tests.make_abroad import cleared
from hearthline.hub.reports.actions import Template, start_drill

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _on():
    with override_settings(HOSTING_LOOKUPS=True):
        yield


def ask(at) -> int:
    return sweeps.ask_for_hosts(holder="w", at=at)


def test_the_host_of_a_case_that_may_be_told_is_asked_for(case, now):
    cleared(case, at=now)
    assert ask(now) == 1
    assert HostingLookup.objects.get().host_digest == digest_of(HOST)
    assert ask(now) == 0


def test_a_day_later_it_is_asked_for_again_so_that_a_change_is_seen(case, now):
    cleared(case, at=now)
    ask(now)
    look_up_due(holder="w", at=now, find=finding())
    assert ask(now + DAY - timedelta(minutes=1)) == 0
    assert ask(now + DAY) == 1
    look_up_due(holder="w", at=now + DAY, find=finding(ip=OTHER_IP))
    assert HostingFact.objects.changed_since(bytes(case.host_digest), now).moved


def test_two_cases_of_one_host_are_one_question(case, ana, ben, now):
    other = make_confirmed(
        ana=ana, ben=ben, at=now, addresses="http://pages.harbour-host.test/album/8"
    )
    cleared(case, at=now)
    cleared(other, at=now)
    ask(now)
    assert HostingLookup.objects.count() == 1


def test_before_police_have_it_nobody_is_asked(case, now):
    assert ask(now) == 0


def test_while_police_ask_us_to_wait_nobody_is_asked(case, now):
    cleared(case, at=now)
    hold_notice(case=case, until=now + DAY, at=now, actor=Actor.worker())
    assert ask(now) == 0
    assert ask(now + DAY) == 1


def test_what_is_gone_is_asked_for_no_more(case, now):
    cleared(case, at=now)
    cases.content_gone(case=case, at=now, actor=Actor.worker())
    assert ask(now) == 0


def test_nobody_is_asked_about_an_exercise(ana, ben, mara, now):
    start_drill(template=Template.PAGE, reason="A rehearsal.", by=mara, at=now)
    (practised,) = cases.pull(at=now)
    cleared(confirmed(practised, by=ana, second=ben, at=now), at=now)
    assert ask(now) == 0


def test_where_it_is_off_nothing_is_queued(case, now):
    cleared(case, at=now)
    with override_settings(HOSTING_LOOKUPS=False):
        assert ask(now) == 0
    assert not HostingLookup.objects.exists()


def test_what_is_known_about_a_host_ends_with_the_last_case_about_it(case, settings, now):
    cleared(case, at=now)
    ask(now)
    look_up_due(holder="w", at=now, find=finding())
    cases.conclude(case=case, because="removed", at=now, actor=Actor.worker())
    later = now + timedelta(days=settings.PACK.retention.case_days)
    assert sweeps.end_hosts(holder="w", at=later) == 0
    end_subjects(holder="w", at=later)
    assert sweeps.end_hosts(holder="w", at=later) == 1
    assert sweeps.end_hosts(holder="w", at=later) == 0
    assert not HostingLookup.objects.exists()
    fact = HostingFact.objects.get()
    assert fact.ended
    assert bytes(fact.host_digest) == b""


def test_a_host_that_is_looked_up_at_this_moment_ends_a_round_later(case, settings, now):
    cleared(case, at=now)
    ask(now)
    cases.conclude(case=case, because="removed", at=now, actor=Actor.worker())
    later = now + timedelta(days=settings.PACK.retention.case_days)
    end_subjects(holder="w", at=later)
    lease(HostingLookup.objects.due(later), holder="other", at=later)
    assert sweeps.end_hosts(holder="w", at=later) == 0
    assert sweeps.end_hosts(holder="w", at=later + timedelta(hours=1)) == 1
