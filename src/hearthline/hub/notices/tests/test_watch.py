# SPDX-License-Identifier: Apache-2.0
"""Looks at a real web host on loopback, with the clock moved by hand."""

from datetime import timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.actions import agree_to_close, ask_to_close
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import make_case
from hearthline.hub.clocks.actions import LEASE, LeaseLost, lease
from hearthline.hub.mail.tests.make import free_port
from hearthline.hub.notices.actions import open_check, record_answer, record_check
from hearthline.hub.notices.models import Check, Notice, Watch
from hearthline.hub.notices.sweeps import check_availability
from hearthline.hub.notices.tests.make import MAILBOX, make_host, make_sent, sweep, web_host
from hearthline.hub.reports.models import Step
from hearthline.kit.formats import feedback
from hearthline.kit.urls import Observation, Verdict

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def site(settings):
    with web_host(settings) as site:
        yield site


@pytest.fixture
def notice(inbox, site, ana, ben, ada, now) -> Notice:
    """Sent to Harbour Hosting, whose page is up."""
    make_host(ada=ada, at=now)
    return make_sent(site.address(), ana=ana, ben=ben, at=now)


def look(at):
    return check_availability(holder="w1", at=at)


def gone(site, start):
    """Take the page down and look until it counts as gone; the time of the last look."""
    site.status = 404
    for hours in range(3):
        assert look(start + hours * HOUR) == 1
    return start + 2 * HOUR


def fresh(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def told():
    return set(Step.objects.values_list("code", flat=True))


def test_the_first_look_comes_at_once_and_then_every_hour(notice, site, now):
    assert look(now) == 1
    assert look(now) == 0
    assert look(now + HOUR) == 1
    assert [check.verdict for check in notice.checks.all()] == ["present", "present"]
    assert site.asked == 2


def test_three_looks_in_a_row_without_it_mean_removed(notice, site, now):
    look(now)
    at = gone(site, now + HOUR)
    removed = fresh(notice)
    assert (removed.state, removed.removed_at) == (Notice.State.REMOVED, at)
    case = Case.objects.get()
    assert (case.state, case.closed_because) == (Case.State.CLOSED, "removed")
    assert case.subject.gone_at == at
    assert {Step.Code.REMOVED, Step.Code.CLOSED} <= told()


def test_one_look_that_finds_it_starts_the_row_again(notice, site, now):
    for hours, status in enumerate([404, 404, 200, 404, 404]):
        site.status = status
        look(now + hours * HOUR)
    assert fresh(notice).state == Notice.State.SENT
    site.status = 404
    look(now + 5 * HOUR)
    assert fresh(notice).state == Notice.State.REMOVED


def test_an_unclear_answer_changes_nothing(notice, site, now):
    for hours, status in enumerate([404, 404, 503, 403]):
        site.status = status
        look(now + hours * HOUR)
    assert Watch.objects.get().absent == 4
    assert fresh(notice).state == Notice.State.SENT


def test_a_host_that_cannot_be_reached_needs_twice_as_many_looks(
    settings, inbox, ana, ben, ada, now
):
    make_host(ada=ada, at=now)
    with web_host(settings) as site:
        notice = make_sent(site.address(), ana=ana, ben=ben, at=now)
    for hours in range(5):
        look(now + hours * HOUR)
    assert fresh(notice).state == Notice.State.SENT
    look(now + 5 * HOUR)
    assert fresh(notice).state == Notice.State.REMOVED
    assert {check.verdict for check in notice.checks.all()} == {"unreachable"}


def test_a_line_of_ours_that_is_down_closes_nothing(notice, now):
    """No resolver, no verdict: with the cable out, every address would seem to be gone."""

    def probe(url, **_):
        return Observation(url, Verdict.UNREACHABLE, "resolution_failed", ())

    for hours in range(20):
        check_availability(holder="w1", at=now + hours * HOUR, probe=probe)
    assert Watch.objects.get().absent == 0
    assert fresh(notice).state == Notice.State.SENT


def test_removed_content_is_looked_at_again_at_the_packs_hours(notice, site, now):
    at = gone(site, now)
    assert look(at + 23 * HOUR) == 0
    assert look(at + 24 * HOUR) == 1
    assert look(at + 24 * HOUR) == 0
    assert look(at + 168 * HOUR) == 1
    assert look(at + 720 * HOUR) == 1
    assert look(at + 2160 * HOUR) == 1
    assert look(at + 10_000 * HOUR) == 0
    assert fresh(notice).state == Notice.State.REMOVED


def test_content_that_comes_back_opens_the_case_and_writes_again(notice, site, inbox, now):
    at = gone(site, now)
    site.status = 200
    look(at + 24 * HOUR)
    again = fresh(notice)
    assert (again.reopened, again.removed_at) == (1, None)
    assert Case.objects.get().state == Case.State.CONFIRMED
    assert Case.objects.get().subject.gone_at is None
    assert Step.Code.BACK_AGAIN in told()
    sweep(at + 24 * HOUR)
    assert fresh(notice).state == Notice.State.SENT
    assert list(notice.deliveries.values_list("kind", "number")) == [("first", 1), ("first", 2)]
    first, second = (feedback.parse(mail) for mail in inbox.to(MAILBOX))
    assert second.plain_text.startswith("The content is there again.")
    assert second.xarf["report_id"] == first.xarf["report_id"]


def test_the_second_round_has_its_own_clocks_and_its_own_end(notice, site, now):
    at = gone(site, now)
    site.status = 200
    back = at + 24 * HOUR
    look(back)
    sweep(back)
    assert fresh(notice).escalate_at == back + 72 * HOUR
    sweep(back + 24 * HOUR)
    assert notice.deliveries.filter(kind="reminder").count() == 1
    end = gone(site, back + 25 * HOUR)
    assert fresh(notice).removed_at == end
    assert Case.objects.get().state == Case.State.CLOSED


def test_what_was_reported_again_meanwhile_goes_its_own_way(notice, site, now):
    at = gone(site, now)
    newer = make_case(at=at, addresses=site.address())
    site.status = 200
    look(at + 24 * HOUR)
    assert fresh(notice).state == Notice.State.REMOVED
    assert Watch.objects.get().due_at is None
    assert newer.state == Case.State.AWAITING_TRIAGE
    assert Entry.objects.filter(verb="notices.taken_over").count() == 1


def test_a_removal_ends_the_letters(notice, site, inbox, now):
    gone(site, now)
    sweep(now + 100 * HOUR)
    assert len(inbox.mails) == 1


def test_moved_content_that_is_still_there_did_not_move(notice, site, ana, now):
    record_answer(notice=notice, code="moved", note="", by=ana, at=now)
    look(now)
    assert fresh(notice).state == Notice.State.ACKNOWLEDGED
    sweep(now + 24 * HOUR)
    assert notice.deliveries.filter(kind="reminder").exists()


def test_moved_content_that_is_gone_from_here_is_removed(notice, site, ana, now):
    record_answer(notice=notice, code="moved", note="", by=ana, at=now)
    gone(site, now)
    assert fresh(notice).state == Notice.State.REMOVED


def test_a_case_closed_by_two_people_is_looked_at_no_more(notice, site, ana, sena, now):
    ask_to_close(case=notice.case, reason="Nothing more can be done.", by=sena, at=now)
    agree_to_close(case=notice.case, by=ana, at=now)
    assert look(now) == 0
    assert Watch.objects.get().due_at is None
    assert site.asked == 0


def test_outside_the_demonstration_loopback_is_never_visited(notice, settings, site, now):
    settings.DEMO = False
    # The name of the test resolves nowhere; an address on loopback is refused by the guard.
    settings.PROBE_HOSTS = {}
    seen = []

    def probe(url, *, resolve, allow):
        seen.append(allow("127.0.0.1", site.port))
        return Observation(url, Verdict.REFUSED, "not_allowed", ())

    assert check_availability(holder="w1", at=now, probe=probe) == 1
    assert seen == [False]
    assert site.asked == 0
    assert Watch.objects.get().absent == 0


def test_the_demonstration_opens_exactly_its_own_host(notice, settings, site, now):
    settings.PROBE_HOSTS = {"harbour-host.test": f"127.0.0.1:{free_port()}"}
    look(now)
    assert Check.objects.get().verdict == "refused"
    assert site.asked == 0


def test_the_facts_of_a_look_are_sealed_and_opening_them_is_audited(notice, site, ana, mara, now):
    look(now)
    check = Check.objects.get()
    assert b"harbour" not in bytes(check.facts)
    facts = open_check(check=check, by=ana, at=now)
    assert facts["url"] == site.address()
    assert facts["steps"][0]["status"] == 200
    (entry,) = Entry.objects.filter(verb="notices.open_check")
    assert entry.actor == f"staff:{ana.pk}"


def test_the_facts_are_not_for_everybody(notice, stella, now):
    look(now)
    with pytest.raises(NotAllowed):
        open_check(check=Check.objects.get(), by=stella, at=now)


def test_a_worker_that_lost_its_lease_writes_nothing(notice, now):
    (watch,) = lease(Watch.objects.due(now), holder="w1", at=now)
    lease(Watch.objects.due(now + LEASE), holder="w2", at=now + LEASE)
    seen = Observation("http://a.example.org/", Verdict.ABSENT, "http_404", ())
    with pytest.raises(LeaseLost):
        record_check(watch=watch, seen=seen, holder="w1", at=now)
    assert not Check.objects.exists()
