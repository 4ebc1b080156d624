# SPDX-License-Identifier: Apache-2.0
"""Police hear before the host: by construction, whatever the worker does and however often.

The rooms themselves with the clock moved by hand, a real mail server and a real web host.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models import Case
from hearthline.hub.config.worker import SWEEPS
from hearthline.hub.directory.models import Organisation
from hearthline.hub.mail.tests.make import Inbox, mail_server
from hearthline.hub.notices.models import Delivery, Notice
from hearthline.hub.notices.tests.make import (
    MAILBOX as HOST_MAILBOX,
)
from hearthline.hub.notices.tests.make import WebHost, make_confirmed, make_host, web_host
from hearthline.hub.referrals.actions import ask_hold, lift_hold
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.tests.make import (
    MAILBOX as POLICE_MAILBOX,
)
from hearthline.hub.referrals.tests.make import make_keyed_unit, make_liaison, opened
from hearthline.kit.formats import feedback

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    with mail_server(settings, Inbox()) as inbox:
        yield inbox


@pytest.fixture
def site(settings: Any) -> Iterator[WebHost]:
    with web_host(settings) as site:
        yield site


@pytest.fixture
def unit(ada: User, now: datetime) -> Organisation:
    return make_keyed_unit(ada=ada, at=now)


@pytest.fixture
def case(site: WebHost, ana: User, ben: User, ada: User, now: datetime) -> Case:
    """Confirmed at nine; its host is in the directory."""
    make_host(ada=ada, at=now)
    return make_confirmed(site.address(), ana=ana, ben=ben, at=now)


def work(at: datetime, rounds: int = 3):
    """Rounds of the whole worker but the audit log, which needs a key and changes nothing here."""
    for _ in range(rounds):
        for sweep in SWEEPS:
            if "audit" not in sweep.__module__:
                sweep(holder="w1", at=at)


def test_the_whole_life_of_a_notice(
    case: Case, unit: Organisation, site: WebHost, inbox: Inbox, now: datetime
):
    work(now)
    order = [mail["To"] for mail in inbox.mails]
    assert order == [POLICE_MAILBOX, HOST_MAILBOX]
    (sealed,) = inbox.to(POLICE_MAILBOX)[0].iter_attachments()
    assert opened(sealed.get_content()).reference == case.reference
    notice = feedback.parse(inbox.to(HOST_MAILBOX)[0])
    assert notice.xarf is not None
    assert notice.xarf["url"] == site.address()

    site.status = 404
    for hours in range(1, 5):
        work(now + hours * HOUR)
    assert Notice.objects.get().state == Notice.State.REMOVED
    assert Case.objects.get().state == Case.State.CLOSED

    site.status = 200
    work(now + 40 * HOUR)
    assert Case.objects.get().state == Case.State.CONFIRMED
    assert len(inbox.to(HOST_MAILBOX)) == 2
    assert len(inbox.to(POLICE_MAILBOX)) == 1, "police have the case already"


def test_while_police_have_no_key_no_letter_leaves(
    case: Case, inbox: Inbox, ada: User, now: datetime
):
    work(now + 1000 * HOUR)
    assert inbox.mails == []
    assert not Delivery.objects.exists()
    make_keyed_unit(ada=ada, at=now)
    work(now + 1001 * HOUR)
    assert [mail["To"] for mail in inbox.mails] == [POLICE_MAILBOX, HOST_MAILBOX]


def test_while_the_units_mail_server_refuses_the_host_hears_nothing(
    settings: Any, case: Case, unit: Organisation, now: datetime
):
    with mail_server(settings, Inbox(answer_rcpt="550 No such mailbox")) as refusing:
        work(now)
        work(now + 1000 * HOUR)
    assert refusing.received == []
    assert Referral.objects.get().with_police_at is None
    assert not Notice.objects.exists()


def test_a_hold_delays_the_host_and_ends_by_itself(
    case: Case, unit: Organisation, inbox: Inbox, paulo: User, ada: User, now: datetime
):
    liaison = make_liaison(paulo, unit, ada=ada, at=now)
    for sweep in SWEEPS:
        if "referrals" in sweep.__module__:
            sweep(holder="w1", at=now)
    ask_hold(
        referral=Referral.objects.get(),
        until=now + 24 * HOUR,
        reason="Evidence is being secured.",
        by=liaison,
        at=now,
    )
    work(now + 23 * HOUR)
    assert inbox.to(HOST_MAILBOX) == []
    work(now + 24 * HOUR)
    assert len(inbox.to(HOST_MAILBOX)) == 1


def test_a_hold_catches_a_letter_that_still_waits_for_the_mail_server(
    settings: Any, case: Case, unit: Organisation, paulo: User, ada: User, now: datetime
):
    liaison = make_liaison(paulo, unit, ada=ada, at=now)
    with mail_server(settings, Inbox()):
        work(now, rounds=1)  # police have it; the host's letter is not written yet
    referral = Referral.objects.get()
    with mail_server(settings, Inbox(answer_rcpt="450 Try later")):
        work(now, rounds=2)
    assert Delivery.objects.get().letter.sent_at is None
    hold = now + 24 * HOUR
    ask_hold(referral=referral, until=hold, reason="Wait.", by=liaison, at=now + HOUR / 2)
    with mail_server(settings, Inbox()) as inbox:
        work(now + 23 * HOUR)
        assert inbox.to(HOST_MAILBOX) == []
        work(hold)
        assert len(inbox.to(HOST_MAILBOX)) == 1


def test_lifting_the_hold_lets_that_letter_go(
    settings: Any, case: Case, unit: Organisation, paulo: User, ada: User, now: datetime
):
    liaison = make_liaison(paulo, unit, ada=ada, at=now)
    with mail_server(settings, Inbox()):
        work(now, rounds=1)
    referral = Referral.objects.get()
    with mail_server(settings, Inbox(answer_rcpt="450 Try later")):
        work(now, rounds=2)
    ask_hold(referral=referral, until=now + 24 * HOUR, reason="Wait.", by=liaison, at=now)
    lift_hold(referral=referral, by=liaison, at=now + HOUR)
    with mail_server(settings, Inbox()) as inbox:
        work(now + 2 * HOUR)
        assert len(inbox.to(HOST_MAILBOX)) == 1


def test_a_lifted_hold_lets_the_host_hear(
    case: Case, unit: Organisation, inbox: Inbox, paulo: User, ada: User, now: datetime
):
    liaison = make_liaison(paulo, unit, ada=ada, at=now)
    for sweep in SWEEPS:
        if "referrals" in sweep.__module__:
            sweep(holder="w1", at=now)
    referral = Referral.objects.get()
    ask_hold(referral=referral, until=now + 48 * HOUR, reason="Wait.", by=liaison, at=now)
    work(now + HOUR)
    assert inbox.to(HOST_MAILBOX) == []
    lift_hold(referral=referral, by=liaison, at=now + 2 * HOUR)
    work(now + 2 * HOUR)
    assert len(inbox.to(HOST_MAILBOX)) == 1
