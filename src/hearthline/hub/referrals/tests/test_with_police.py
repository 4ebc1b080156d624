# SPDX-License-Identifier: Apache-2.0
"""With police: by the door or by mail, noted once; only then may the host hear."""

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.actions import join
from hearthline.hub.directory.tests.make import make_unit
from hearthline.hub.referrals.actions import (
    AlreadyConcluded,
    NotMember,
    PackageBroken,
    ReferenceNeeded,
    UnknownOutcome,
    acknowledge,
    conclude,
    pick_up,
)
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.tests.make import make_referral, unit_identity
from hearthline.hub.reports.models import Step

pytestmark = pytest.mark.django_db


def told(case):
    return set(Step.objects.values_list("code", flat=True))


def test_picking_up_puts_it_with_police_and_clears_the_notice(referral, case, liaison, now):
    assert not Case.objects.cleared_for_notice(now).exists()
    sealed = pick_up(referral=referral, by=liaison, at=now)
    assert sealed == bytes(referral.package)
    referral.refresh_from_db()
    assert (referral.state, referral.with_police_at) == (Referral.State.WITH_POLICE, now)
    assert list(Case.objects.cleared_for_notice(now)) == [case]
    assert Step.Code.POLICE_TOLD in told(case)
    (entry,) = Entry.objects.filter(verb="referrals.pick_up")
    assert entry.actor == f"staff:{liaison.pk}"


def test_every_pick_up_is_audited_and_the_first_counts(referral, liaison, now):
    for _ in range(2):
        pick_up(referral=referral, by=liaison, at=now)
    assert Entry.objects.filter(verb="referrals.pick_up").count() == 2
    assert Entry.objects.filter(verb="referrals.with_police").count() == 1


def test_the_host_waits_until_every_unit_addressed_has_it(case, referral, liaison, ada, now):
    second = make_unit(by=ada, at=now, name="Hill Police", country="XS")
    second.age_recipient = str(unit_identity().to_public())
    second.save()
    other = make_referral(case, second, at=now)
    pick_up(referral=referral, by=liaison, at=now)
    assert not Case.objects.cleared_for_notice(now).exists()
    join(user=liaison, organisation=second, by=None, at=now)
    pick_up(referral=other, by=liaison, at=now)
    assert Case.objects.cleared_for_notice(now).exists()


def test_a_case_closed_meanwhile_tells_no_host(case, referral, liaison, now):
    Case.objects.update(state=Case.State.CLOSED, closed_at=now)
    pick_up(referral=referral, by=liaison, at=now)
    assert not Case.objects.filter(notice_cleared_at__isnull=False).exists()


def test_a_package_that_was_altered_is_not_handed_out(referral, liaison, now):
    Referral.objects.update(package=b"something else")
    with pytest.raises(PackageBroken):
        pick_up(referral=referral, by=liaison, at=now)
    assert not Referral.objects.filter(with_police_at__isnull=False).exists()


@pytest.mark.parametrize("act", ["pick_up", "acknowledge", "conclude"])
def test_only_members_of_the_unit_act(referral, paulo, ana, now, act):
    acts = {
        "pick_up": lambda by: pick_up(referral=referral, by=by, at=now),
        "acknowledge": lambda by: acknowledge(
            referral=referral, unit_reference="Q-1", by=by, at=now
        ),
        "conclude": lambda by: conclude(referral=referral, outcome="investigating", by=by, at=now),
    }
    with pytest.raises(NotMember):
        acts[act](paulo)
    with pytest.raises(NotAllowed):
        acts[act](ana)


def test_acknowledging_keeps_the_units_reference(referral, liaison, now):
    acknowledge(referral=referral, unit_reference=" Q-2026/17 ", by=liaison, at=now)
    referral.refresh_from_db()
    assert referral.state == Referral.State.ACKNOWLEDGED
    assert referral.unit_reference == "Q-2026/17"
    assert (referral.acknowledged_at, referral.acknowledged_by) == (now, liaison)
    assert referral.with_police_at == now


def test_a_reference_can_be_corrected_and_not_be_empty(referral, liaison, now):
    acknowledge(referral=referral, unit_reference="Q-1", by=liaison, at=now)
    assert acknowledge(referral=referral, unit_reference="Q-2", by=liaison, at=now)
    referral.refresh_from_db()
    assert referral.unit_reference == "Q-2"
    with pytest.raises(ReferenceNeeded):
        acknowledge(referral=referral, unit_reference="  ", by=liaison, at=now)


def test_an_outcome_on_the_way_leaves_it_open_and_a_final_one_concludes(referral, liaison, now):
    conclude(referral=referral, outcome="investigating", by=liaison, at=now)
    referral.refresh_from_db()
    assert referral.state == Referral.State.ACKNOWLEDGED
    conclude(referral=referral, outcome="child_safeguarded", by=liaison, at=now)
    referral.refresh_from_db()
    assert (referral.state, referral.outcome) == (Referral.State.CONCLUDED, "child_safeguarded")
    with pytest.raises(AlreadyConcluded):
        conclude(referral=referral, outcome="no_offence", by=liaison, at=now)


def test_an_outcome_on_no_list_is_refused(referral, liaison, now):
    with pytest.raises(UnknownOutcome):
        conclude(referral=referral, outcome="solved", by=liaison, at=now)
