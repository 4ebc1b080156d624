# SPDX-License-Identifier: Apache-2.0
"""A package ends with its case; that it was prepared, handed over and answered stays."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import conclude
from hearthline.hub.cases.sweeps import end_subjects
from hearthline.hub.referrals.actions import PackageGone, acknowledge, ask_hold, pick_up
from hearthline.hub.referrals.models import Hold, Referral
from hearthline.hub.referrals.sweeps import end_packages
from hearthline.hub.sealing.words import ENDED, words_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def ended(referral, liaison, now, settings) -> Referral:
    """Picked up, acknowledged and held; the case closed, and past the time it is kept."""
    pick_up(referral=referral, by=liaison, at=now)
    acknowledge(referral=referral, unit_reference="Q-77", by=liaison, at=now)
    ask_hold(referral=referral, until=now + HOUR, reason="We secure it.", by=liaison, at=now)
    conclude(case=referral.case, because="removed", at=now, actor=Actor.worker())
    later = now + timedelta(days=settings.PACK.retention.case_days)
    assert end_packages(holder="w", at=later) == 0
    end_subjects(holder="w", at=later)
    assert end_packages(holder="w", at=later) == 1
    assert end_packages(holder="w", at=later) == 0
    return Referral.objects.get()


def test_package_reference_and_reason_are_gone_and_the_times_stay(ended, now) -> None:
    assert (bytes(ended.package), ended.unit_reference) == (b"", "")
    assert words_of(Hold.objects.get().reason) == str(ENDED)
    assert (ended.with_police_at, ended.acknowledged_at) == (now, now)
    assert len(ended.package_sha256) == 32


def test_it_is_not_handed_over_any_more_and_the_pages_say_why(ended, liaison, ana, now) -> None:
    with pytest.raises(PackageGone):
        pick_up(referral=ended, by=liaison, at=now)
    browser = signed_in(liaison)
    where = {"pk": ended.pk}
    told = browser.post(reverse("package_download", kwargs=where), follow=True).content.decode()
    assert "This package was deleted at the end of its retention." in told
    assert "Download the package" not in told
    desk = signed_in(ana).get(reverse("referral", kwargs=where)).content.decode()
    assert "Deleted at the end of its retention" in desk
