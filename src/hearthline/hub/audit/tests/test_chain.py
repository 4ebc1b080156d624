# SPDX-License-Identifier: Apache-2.0
"""Each checkpoint names the one before it, so that none is taken out between two others."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from hearthline.hub.audit.checkpoints import TimedCheckpoint, opened
from hearthline.hub.audit.keys import ORIGIN, public_key, signing_key
from hearthline.hub.audit.models import Checkpoint, utc
from hearthline.hub.audit.prover import Kind
from hearthline.hub.audit.tests.make import alter, make_log, open_tables, public_key_text, remove
from hearthline.hub.audit.verify import Report, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(ana, now) -> None:
    """Three checkpoints over about 12 entries, and the tables open to anybody."""
    make_log(4, 5, 3, about=ana, at=now)
    open_tables()


def proven() -> Report:
    return verify(public_key_text=public_key_text())


@pytest.mark.parametrize("number", [0, 1])
def test_a_checkpoint_deleted_between_others_is_missed_by_the_next(number, log) -> None:
    gone, later = Checkpoint.objects.order_by("size")[number : number + 2]
    remove(gone)
    report = proven()
    assert [(found.kind, found.place) for found in report.findings] == [
        (Kind.CHECKPOINT_MISSING, gone.size)
    ]
    assert report.sentence == (
        f"The checkpoint over {gone.size} entries was deleted; the one over {later.size} was "
        "signed after it."
    )


def test_of_several_checkpoints_deleted_together_the_last_is_named(log) -> None:
    first, second, _last = Checkpoint.objects.order_by("size")
    for row in (first, second):
        remove(row)
    assert [found.place for found in proven().findings] == [second.size]


def test_a_checkpoint_signed_again_at_another_time_is_missed_by_the_next(log, now) -> None:
    row = Checkpoint.objects.order_by("size")[1]
    stated = opened(row.note, [public_key(public_key_text())])
    again = replace(stated, signed_at=utc(now + timedelta(days=9)))
    alter(row, note=signed(again), signed_at=now + timedelta(days=9))
    (found,) = proven().findings
    assert (found.kind, found.place) == (Kind.CHECKPOINT_ALTERED, row.size)
    assert "is not the one that the next" in found.sentence


def test_checkpoints_from_before_they_were_a_chain_are_proven_and_the_chain_begins_after_them(
    log, ana, now
) -> None:
    for row in Checkpoint.objects.order_by("size"):
        stated = opened(row.note, [public_key(public_key_text())])
        alter(row, note=signed(replace(stated, after=None)))
    old = Checkpoint.objects.newest()
    make_log(2, 2, about=ana, at=now + timedelta(days=1))
    assert proven().ok
    remove(old)
    assert [found.place for found in proven().findings] == [old.size]


def signed(checkpoint: TimedCheckpoint) -> str:
    return checkpoint.sign(signing_key(settings.AUDIT_PRIVATE_KEY), name=ORIGIN)
