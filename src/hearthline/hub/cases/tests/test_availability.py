# SPDX-License-Identifier: Apache-2.0
"""What looks found gone or back is a fact about the subject, kept row by row."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import content_back, content_gone
from hearthline.hub.cases.models import Availability, Subject
from hearthline.hub.cases.tests.make import make_case

pytestmark = pytest.mark.django_db

WORKER = Actor.worker()
HOUR = timedelta(hours=1)


def rows() -> list[bool]:
    return list(Availability.objects.values_list("gone", flat=True))


def test_gone_and_back_and_gone_again(now):
    case = make_case(at=now)
    content_gone(case=case, at=now, actor=WORKER)
    assert Subject.objects.get().gone_at == now
    content_back(case=case, at=now + HOUR, actor=WORKER)
    assert Subject.objects.get().gone_at is None
    content_gone(case=case, at=now + 2 * HOUR, actor=WORKER)
    assert rows() == [True, False, True]
    assert Entry.objects.filter(verb="cases.availability").count() == 3


def test_said_twice_it_is_said_once(now):
    case = make_case(at=now)
    content_back(case=case, at=now, actor=WORKER)
    content_gone(case=case, at=now, actor=WORKER)
    content_gone(case=case, at=now + HOUR, actor=WORKER)
    assert rows() == [True]
    assert Subject.objects.get().gone_at == now


def test_no_row_is_ever_changed(now):
    content_gone(case=make_case(at=now), at=now, actor=WORKER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Availability.objects.update(gone=False)
