# SPDX-License-Identifier: Apache-2.0
"""Who was written to about a notice hears that it no longer stands, once, in their language."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.appeals import actions
from hearthline.hub.appeals.actions.telling import PURPOSE, tell_it_is_lifted
from hearthline.hub.appeals.models import Appeal
from hearthline.hub.appeals.tests.make import NEWSPAPER, decision, make_appeal, taken
from hearthline.hub.audit.models import Entry as Logged
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.directory.tests.make import make_contact
from hearthline.hub.mail.models import Letter
from hearthline.hub.mail.tests.make import Inbox, mail_server
from hearthline.hub.notices.models import Notice
from hearthline.hub.notices.tests.make import MAILBOX, make_host, sweep
from hearthline.hub.sealing.actions import open_as_desk

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def host(ada: User, now: datetime) -> Organisation:
    return make_host(ada=ada, at=now, languages=["fr"])


@pytest.fixture
def notice(host: Organisation, case: Case, settings: Any, now: datetime) -> Notice:
    """A notice the host has."""
    with mail_server(settings, Inbox()):
        sweep(now)
    return Notice.objects.get(case=case, sent_at__isnull=False)


def written(appeal: Appeal) -> list[Any]:
    """The letters that a notice no longer stands."""
    letters = Letter.objects.filter(purpose=PURPOSE).order_by("queued_at", "pk")
    return [
        message_from_bytes(
            letter.unseal(open_as_desk(letter.data_key), "message").encode("ascii"),
            policy=policy.default,
        )
        for letter in letters
    ]


def decided(by: User, at: datetime, result: str = "lifted") -> Appeal:
    one = taken(make_appeal(at=at), by=by, at=at)
    actions.decide(appeal=one, decision=decision(one, result), by=by, at=at)
    return one


def test_the_host_hears_when_the_second_person_agrees_and_not_before(
    notice: Notice, mara: User, stan: User, now: datetime
):
    one = decided(mara, now + HOUR)
    assert written(one) == []
    actions.agree(appeal=one, by=stan, at=now + 2 * HOUR)
    (letter,) = written(one)
    assert letter["To"] == MAILBOX
    assert notice.reference in letter["Subject"]
    assert letter["In-Reply-To"]
    body = letter.get_body().get_content()
    assert notice.reference in body
    # The address has no place in a letter that says it is no matter any more.
    assert NEWSPAPER not in body
    entry = Logged.objects.of_verb("appeals.tell_host").get()
    assert (entry.object_id, entry.actor) == (str(notice.pk), str(stan.actor))


def test_a_second_letter_is_never_written(notice: Notice, mara: User, now: datetime):
    for _again in range(2):
        tell_it_is_lifted(notice=notice, actor=mara.actor, at=now)
    assert Letter.objects.filter(purpose=PURPOSE).count() == 1


def test_nobody_hears_where_the_notice_stands(notice: Notice, mara: User, now: datetime):
    one = decided(mara, now + HOUR, "upheld")
    assert (one.outcome, written(one)) == ("upheld", [])


def test_nobody_hears_of_a_notice_that_was_never_sent(case: Case, mara: User, now: datetime):
    notice = Notice.objects.create(case=case, queued_at=now)
    assert tell_it_is_lifted(notice=notice, actor=mara.actor, at=now) == 0
    assert not Letter.objects.filter(purpose=PURPOSE).exists()


def test_where_a_program_had_the_notice_its_organisation_has_the_letter(
    notice: Notice, host: Organisation, ada: User, mara: User, now: datetime
):
    endpoint = make_contact(
        host, by=ada, at=now, channel=Contact.Channel.POST, value="https://harbour-host.test/xarf"
    )
    notice.deliveries.update(contact=endpoint)
    assert tell_it_is_lifted(notice=notice, actor=mara.actor, at=now) == 1
    assert Letter.objects.get(purpose=PURPOSE).recipient == MAILBOX
