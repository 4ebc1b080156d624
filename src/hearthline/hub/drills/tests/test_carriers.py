# SPDX-License-Identifier: Apache-2.0
"""Every carrier, with somebody real listening at the other end: none hears of an exercise."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.clocks.actions import lease
from hearthline.hub.drills.actions import read_outbox
from hearthline.hub.drills.tests.make import make_drill_confirmed, work
from hearthline.hub.mail.actions import EXERCISE_HEADER, ExerciseStaysHere, post, start_sending
from hearthline.hub.mail.models import KEPT_HERE, Letter
from hearthline.hub.mail.tests.make import Inbox, mail_server, make_message
from hearthline.hub.notices.actions import address_to_check, assign_host, start_posting
from hearthline.hub.notices.models import Notice, Post, Watch
from hearthline.hub.notices.tests.endpoint import listening, make_endpoint
from hearthline.hub.notices.tests.make import MAILBOX, make_host
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.tests.make import make_keyed_unit, opened
from hearthline.hub.reports.models import Drill
from hearthline.kit.formats import FormatRefused

pytestmark = pytest.mark.django_db

OWN = "practice@hotline.example.org"


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    """A real mail server on loopback that takes everything."""
    with mail_server(settings, Inbox()) as inbox:
        yield inbox


@pytest.fixture
def own_mailbox(settings: Any) -> str:
    """The country names a mailbox for exercises."""
    drill = settings.PACK.drill.model_copy(update={"email": OWN})
    settings.PACK = settings.PACK.model_copy(update={"drill": drill})
    return OWN


def with_host(mara: User, ana: User, ben: User, ada: User, at: datetime, host: Any) -> Notice:
    """An exercise whose notice went to `host`, as far as it goes."""
    make_keyed_unit(ada=ada, at=at)
    case = make_drill_confirmed(mara=mara, ana=ana, ben=ben, at=at)
    work(at)
    assign_host(notice=Notice.objects.get(case=case), host=host, by=ana, at=at)
    work(at)
    return Notice.objects.get(case=case)


def test_no_letter_reaches_the_mail_server(
    inbox: Inbox, mara: User, ana: User, ben: User, ada: User, now: datetime
) -> None:
    notice = with_host(mara, ana, ben, ada, now, make_host(ada=ada, at=now))
    work(now + timedelta(days=10))
    notice.refresh_from_db()
    assert notice.state == Notice.State.ESCALATED
    assert inbox.received == []
    assert {one.recipient for one in Letter.objects.all()} == {KEPT_HERE}


def test_letters_go_to_the_exercises_own_mailbox_and_say_what_they_are(
    inbox: Inbox, own_mailbox: str, mara: User, ana: User, ben: User, ada: User, now: datetime
) -> None:
    host = make_host(ada=ada, at=now)
    with_host(mara, ana, ben, ada, now, host)
    assert {recipient for recipient, _ in inbox.received} == {own_mailbox}
    assert len(inbox.mails) == 2
    for mail in inbox.mails:
        assert mail["To"] == own_mailbox
        assert mail["Subject"].startswith("EXERCISE: ")
        assert mail[EXERCISE_HEADER] == "yes"
        assert MAILBOX not in str(mail["To"]) + str(mail["Cc"])
    shown = read_outbox(drill=Drill.objects.get(), by=mara, at=now)
    assert MAILBOX in {one.meant_for for one in shown}


def test_a_letter_turned_to_somebody_real_does_not_leave(
    inbox: Inbox, own_mailbox: str, now: datetime
) -> None:
    post(recipient=MAILBOX, message=make_message(), purpose="test", at=now, exercise=True)
    Letter.objects.update(recipient=MAILBOX)
    (letter,) = lease(Letter.objects.due(now), holder="w1", at=now, limit=1)
    with pytest.raises(ExerciseStaysHere):
        start_sending(letter=letter, holder="w1", at=now)
    assert inbox.received == []


def test_a_letter_does_not_leave_after_the_mailbox_was_taken_out_of_the_pack(
    inbox: Inbox, own_mailbox: str, now: datetime, settings: Any
) -> None:
    post(recipient=MAILBOX, message=make_message(), purpose="test", at=now, exercise=True)
    drill = settings.PACK.drill.model_copy(update={"email": ""})
    settings.PACK = settings.PACK.model_copy(update={"drill": drill})
    (letter,) = lease(Letter.objects.due(now), holder="w1", at=now, limit=1)
    with pytest.raises(ExerciseStaysHere):
        start_sending(letter=letter, holder="w1", at=now)


def test_no_endpoint_is_dialled(
    settings: Any, tmp_path: Path, mara: User, ana: User, ben: User, ada: User, now: datetime
) -> None:
    with listening(settings, tmp_path) as endpoint:
        host = make_host(ada=ada, at=now)
        make_endpoint(host, endpoint, ada=ada, at=now)
        notice = with_host(mara, ana, ben, ada, now, host)
        assert endpoint.received == []
    parcel = Post.objects.get()
    assert parcel.state == Letter.State.SENT
    assert notice.state == Notice.State.SENT
    Post.objects.update(state=Letter.State.QUEUED, due_at=now)
    (leased,) = lease(Post.objects.due(now), holder="w1", at=now, limit=1)
    with pytest.raises(ExerciseStaysHere):
        start_posting(post=leased, holder="w1", at=now)
    shown = read_outbox(drill=Drill.objects.get(), by=mara, at=now)
    assert any("xarf" in one.body for one in shown)


def test_no_page_is_looked_at(mara: User, ana: User, ben: User, ada: User, now: datetime) -> None:
    notice = with_host(mara, ana, ben, ada, now, make_host(ada=ada, at=now))
    assert [one.verdict for one in notice.checks.all()] == ["present"]
    later = now + timedelta(days=1)
    (watch,) = lease(Watch.objects.due(later), holder="w1", at=later, limit=1)
    with pytest.raises(ExerciseStaysHere):
        address_to_check(watch=watch, holder="w1", at=later)


def test_a_package_does_not_open_with_the_units_key(
    mara: User, ana: User, ben: User, ada: User, now: datetime
) -> None:
    with_host(mara, ana, ben, ada, now, make_host(ada=ada, at=now))
    with pytest.raises(FormatRefused):
        opened(bytes(Referral.objects.get().package))
