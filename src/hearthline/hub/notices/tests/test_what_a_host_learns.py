# SPDX-License-Identifier: Apache-2.0
"""A host, and the customer it may tell, learn what is where, and nothing of who said so."""

from datetime import timedelta

import pytest
from django.conf import settings as of_this_run

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import clear_for_notice, pull
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import confirmed, make_report
from hearthline.hub.notices.tests.conftest import ADDRESS
from hearthline.hub.notices.tests.make import sweep
from hearthline.hub.reports.models import Report

pytestmark = pytest.mark.django_db

STORY = "My cousin showed me this on Tuesday."
CONTACT = "kim@example.org"


@pytest.fixture
def mail(inbox, host, ana, ben, now):
    """The letter to the host about a page somebody reported with their name to it."""
    sent = make_report(
        at=now - timedelta(hours=3), addresses=ADDRESS, words=STORY, safe_contact="email",
        contact=CONTACT, code_word="blue kite",
    )  # fmt: skip
    (case,) = pull(at=now)
    confirmed(case, by=ana, second=ben, at=now, note="Said by a cousin.")
    clear_for_notice(case=Case.objects.get(), at=now, actor=Actor.worker())
    sweep(now)
    (received,) = inbox.mails
    return received, sent


def whole(received) -> str:
    """Headers and every part in clear."""
    parts = [part.get_payload(decode=True) or b"" for part in received.walk()]
    return "\n".join([str(received), *(part.decode("utf-8", "replace") for part in parts)])


def test_no_part_of_the_letter_says_who_reported_or_in_which_words(mail):
    received, sent = mail
    text = whole(received).lower()
    assert "pages.harbour-host.test" in text
    report = Report.objects.get()
    for secret in (STORY, CONTACT, "kim", "blue kite", "cousin", sent.receipt, str(report.pk)):
        assert secret.lower() not in text


def test_no_part_of_the_letter_names_staff_or_machines(mail):
    received, _sent = mail
    text = whole(received)
    for person in User.objects.all():
        assert person.email not in text
        assert str(person.pk) not in text
    headers = {name.lower() for name in received}
    assert not headers & {"received", "user-agent", "x-mailer", "x-originating-ip", "reply-to"}
    assert received["From"].addresses[0].addr_spec == of_this_run.MAIL_FROM


def test_the_time_of_the_report_is_not_in_the_letter(mail, now):
    """Somebody who knows when a page was shown to whom could tell the reporter by the hour."""
    text = whole(mail[0])
    reported = now - timedelta(hours=3)
    assert f"{reported:%Y-%m-%dT%H:%M}" not in text
    assert f"{reported:%H:%M:%S}" not in text
