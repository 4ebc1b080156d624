# SPDX-License-Identifier: Apache-2.0
"""What was seen at an address, and what a host said, ends with its case."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import conclude
from hearthline.hub.cases.sweeps import end_subjects
from hearthline.hub.notices import sweeps
from hearthline.hub.notices.actions import open_check, read_address, record_answer, record_check
from hearthline.hub.notices.models import Answer, Check, Notice, Watch
from hearthline.hub.sealing.actions import KeyDestroyed
from hearthline.hub.sealing.words import ENDED, words_of
from hearthline.kit.urls import Observation, Verdict

pytestmark = pytest.mark.django_db

SAID = "Our customer is on holiday."
SEEN = Observation("http://pages.harbour-host.test/album/7", Verdict.PRESENT, "http_200", ())


@pytest.fixture
def ended(notice, ana, now, settings):
    """Looked at once and answered once; closed, and past the time it is kept."""
    record_answer(notice=notice, code=Answer.Code.ACKNOWLEDGED, note=SAID, by=ana, at=now)
    watch = Watch.objects.get(notice=notice)
    Watch.objects.filter(pk=watch.pk).update(lease_by="w")
    record_check(watch=watch, seen=SEEN, holder="w", at=now)
    conclude(case=notice.case, because="removed", at=now, actor=Actor.worker())
    later = now + timedelta(days=settings.PACK.retention.case_days)
    assert sweeps.end_looks(holder="w", at=later) == 0
    assert end_subjects(holder="w", at=later) == 1
    assert sweeps.end_looks(holder="w", at=later) == 1
    return Notice.objects.select_related("case__subject__data_key").get()


def test_looks_and_words_are_gone_and_the_verdict_stays(ended, ana, now) -> None:
    check = Check.objects.get()
    with pytest.raises(KeyDestroyed):
        open_check(check=check, by=ana, at=now)
    assert check.verdict == "present"
    assert words_of(Answer.objects.get().note) == str(ENDED)
    assert read_address(notice=ended, by=ana, at=now).url == ""


def test_nothing_is_looked_at_any_more_and_ending_twice_is_ending_once(ended, now) -> None:
    assert Watch.objects.get().due_at is None
    assert sweeps.end_looks(holder="w", at=ended.ended_at) == 0
    assert Entry.objects.filter(verb="notices.end_retention").count() == 1


def test_the_pages_say_so(ended, ana) -> None:
    browser = signed_in(ana)
    check = Check.objects.get()
    pages = (
        reverse("notice", kwargs={"pk": ended.pk}),
        reverse("notice_check", kwargs={"pk": ended.pk, "check": check.pk}),
    )
    for page in pages:
        shown = browser.get(page)
        assert shown.status_code == 200
        assert "Deleted at the end of its retention" in shown.content.decode()
        assert SAID not in shown.content.decode()
