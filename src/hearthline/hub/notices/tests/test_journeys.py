# SPDX-License-Identifier: Apache-2.0
"""Whole ways of a notice: a host that never answers, and a provider with five hundred notices.

Content that moves twice is in test_history.
"""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.cases.models import Case, Subject
from hearthline.hub.directory.tests.make import make_contact
from hearthline.hub.notices.actions import enter
from hearthline.hub.notices.models import Answer, Delivery, Notice
from hearthline.hub.notices.models.record import record_of
from hearthline.hub.notices.sweeps import check_availability
from hearthline.hub.notices.tests.conftest import ADDRESS
from hearthline.hub.notices.tests.make import (
    LAWYERS,
    MAILBOX,
    REGULATOR,
    add_lawyers,
    link_in,
    make_regulator,
    make_sent,
    set_ladder,
    sweep,
)
from hearthline.hub.sealing.actions import mint
from hearthline.kit.formats import feedback
from hearthline.kit.urls import Observation, Verdict

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def there(url, **_) -> Observation:
    return Observation(url, Verdict.PRESENT, "http_200", ())


def test_a_host_ignores_three_reminders_and_everybody_above_it_hears_in_turn(
    settings, host, inbox, ana, ben, ada, now
):
    set_ladder(
        settings,
        *(("host", 0), ("site_owner", 24), ("network", 24), ("registrar", 24), ("regulator", 48)),
        reminder_hours=[24, 48, 72],
        escalate_hours=96,
    )
    add_lawyers(host, ada=ada, at=now)
    make_contact(host, by=ada, at=now, scope="network", value="abuse@carrier.test")
    make_contact(host, by=ada, at=now, scope="registrar", value="desk@names.test")
    make_regulator(ada=ada, at=now)
    notice = make_sent(ADDRESS, ana=ana, ben=ben, at=now)
    told = []
    for hours in range(0, 240, 4):
        check_availability(holder="w1", at=now + hours * HOUR, probe=there)
        before = len(inbox.mails)
        sweep(now + hours * HOUR)
        told += [(hours, mail["To"]) for mail in inbox.mails[before:]]
    assert told == [
        (24, MAILBOX), (48, MAILBOX), (72, MAILBOX), (96, LAWYERS),
        (120, "abuse@carrier.test"), (144, "desk@names.test"), (192, REGULATOR),
    ]  # fmt: skip
    page = signed_in(ana).get(reverse("notice", args=[notice.pk])).content.decode()
    assert "Who else was told" in page
    assert "The owner of the site" in page
    assert "Passed over" in page
    found = record_of(host, now + 240 * HOUR)
    assert (found.told, found.acknowledged, found.escalated) == (1, 0, 1)


def copies_of(notice: Notice, number: int, now) -> list[Notice]:
    """So many notices of the same letter, made in bulk."""
    real, letter = notice.case, notice.deliveries.get().letter
    subjects, cases, notices, deliveries = [], [], [], []
    for _ in range(number):
        row, _key = mint(at=now)
        subjects.append(
            Subject(
                data_key=row, kind="url", digest=uuid.uuid4().bytes * 2, first_seen=now,
                last_seen=now,
            )
        )  # fmt: skip
        cases.append(
            Case(
                subject=subjects[-1], kind=real.kind, track=real.track, level=real.level,
                state=real.state, outcome=real.outcome, opened_at=now, review_due_at=now,
                confirmed_at=now, notice_cleared_at=now,
            )
        )  # fmt: skip
        notices.append(
            Notice(
                case=cases[-1], host=notice.host, contact=notice.contact, state="sent",
                queued_at=now, sent_at=now, clocks_from=now, escalate_at=now + 72 * HOUR,
            )
        )  # fmt: skip
        deliveries.append(
            Delivery(
                notice=notices[-1], kind="first", number=1, letter=letter,
                contact=notice.contact, queued_at=now,
            )
        )  # fmt: skip
    for model, rows in (
        (Subject, subjects), (Case, cases), (Notice, notices), (Delivery, deliveries)
    ):  # fmt: skip
        model.objects.bulk_create(rows)
    return notices


def test_a_provider_answers_five_hundred_notices_in_one_table(
    monkeypatch, notice, inbox, host, now
):
    """Two are badly written; they alone come back, and mended they are taken too."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + HOUR)
    secret = link_in(feedback.parse(inbox.to(MAILBOX)[0]).plain_text)
    rows = [notice, *copies_of(notice, 499, now)]
    assert Notice.objects.told_to(enter(secret=secret, at=now).reader).count() == 500
    lines = [f"{one.pk},removed,,,Ticket {number}" for number, one in enumerate(rows)]
    lines[7] = f"{rows[7].pk},gone"
    lines[8] = f"{rows[8].pk},refused"
    url = reverse("door_table", kwargs={"secret": secret})
    page = Client().post(url, {"table": "\n".join(lines)}).content.decode()
    assert "498 answers recorded" in page
    assert "2 lines need another look" in page
    assert f"{rows[7].pk},gone,,," in page
    assert f"{rows[8].pk},refused,,," in page
    mended = f"{rows[7].pk},removed\n{rows[8].pk},refused,order_required\n"
    page = Client().post(url, {"table": mended}).content.decode()
    assert "2 answers recorded" in page
    assert Answer.objects.count() == 500
    found = record_of(host, now + 2 * HOUR)
    assert (found.told, found.answers) == (500, {"removed": 499, "refused": 1})
    assert found.to_acknowledge == HOUR
    again = Client().post(url, {"table": "\n".join(lines[:5])}).content.decode()
    assert again.count("We have this answer already.") == 5
    assert Answer.objects.count() == 500
