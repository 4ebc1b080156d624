# SPDX-License-Identifier: Apache-2.0
import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.actions import ReasonNeeded
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.evidence.actions import (
    CaptureRefused,
    ExhibitBroken,
    ExhibitShredded,
    end_retention,
    hand_over,
    open_exhibit,
    seal,
    shred,
)
from hearthline.hub.evidence.models import CustodyEvent, Exhibit
from hearthline.hub.evidence.tests.make import make_capture, make_exhibit
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.words import words_of
from hearthline.kit.sealing import SealBroken
from hearthline.kit.urls import FileContentRefused

pytestmark = pytest.mark.django_db


def custody(exhibit):
    events = exhibit.custody.order_by("id").values_list("what", "who", "why")
    return [(what, who, words_of(why)) for what, who, why in events]


def test_a_sealed_capture_is_opened_with_a_reason(ana, ben, now):
    exhibit = make_exhibit(by=ana, at=now)

    opened = open_exhibit(exhibit=exhibit, by=ben, reason="second review", at=now)

    assert opened["canonical"] == "http://pictures.example.org/a?utm_source=x"
    assert opened["hashes"] == {"sha256": "ab" * 32}
    assert opened["captured_at"] == "2026-10-05T09:00:00+00:00"
    assert opened["time_source"] == "analyst"
    assert custody(exhibit) == [
        ("sealed", f"staff:{ana.pk}", ""),
        ("opened", f"staff:{ben.pk}", "second review"),
    ]
    assert words_of(Entry.objects.get(verb="evidence.opened").reason) == "second review"


def test_the_hash_is_over_the_canonical_record(ana, now):
    exhibit = make_exhibit(by=ana, at=now)

    text = exhibit.unseal(sealing.open_as_desk(exhibit.data_key), "record")

    assert sha256(text.encode()).digest() == bytes(exhibit.sha256)
    assert text == json.dumps(
        json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def test_nothing_of_the_record_is_readable_in_the_database(ana, now):
    exhibit = Exhibit.objects.get(pk=make_exhibit(by=ana, at=now).pk)

    assert b"example" not in bytes(exhibit.record)


def test_no_reason_opens_nothing(ana, now):
    exhibit = make_exhibit(by=ana, at=now)

    with pytest.raises(ReasonNeeded):
        open_exhibit(exhibit=exhibit, by=ana, reason="  ", at=now)

    assert not exhibit.custody.filter(what=CustodyEvent.What.OPENED).exists()


@pytest.mark.parametrize("who", ["stella", "omar", "paulo", "ada", "mara"])
def test_others_neither_seal_nor_open(who, request, ana, now):
    exhibit = make_exhibit(by=ana, at=now)
    other = request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        make_exhibit(by=other, at=now)
    with pytest.raises(NotAllowed):
        open_exhibit(exhibit=exhibit, by=other, reason="curious", at=now)


def test_a_changed_record_is_found_out(ana, now):
    exhibit = make_exhibit(by=ana, at=now)
    key = sealing.open_as_desk(exhibit.data_key)
    exhibit.seal(key, "record", '{"note":"another"}')
    exhibit.save()

    with pytest.raises(ExhibitBroken):
        open_exhibit(exhibit=exhibit, by=ana, reason="review", at=now)


def test_a_record_moved_to_another_exhibit_does_not_open(ana, now):
    one, other = make_exhibit(by=ana, at=now), make_exhibit(by=ana, at=now, note="Another page.")
    other.data_key, other.record = one.data_key, one.record
    other.save()

    with pytest.raises(SealBroken):
        open_exhibit(exhibit=other, by=ana, reason="review", at=now)


def test_a_hand_over_names_who_receives(ana, now):
    exhibit = make_exhibit(by=ana, at=now)

    opened = hand_over(exhibit=exhibit, to="Example Police", by=Actor.worker(), at=now)

    assert opened["ips"] == ["192.0.2.7"]
    assert custody(exhibit)[-1] == ("handed_over", "worker:worker", "Example Police")
    with pytest.raises(ReasonNeeded):
        hand_over(exhibit=exhibit, to="", by=Actor.worker(), at=now)


def test_a_manager_shreds_with_a_reason_and_only_once(ana, mara, now):
    exhibit = make_exhibit(by=ana, at=now)
    with pytest.raises(NotAllowed):
        shred(exhibit=exhibit, by=ana, reason="done", at=now)
    with pytest.raises(ReasonNeeded):
        shred(exhibit=exhibit, by=mara, reason="", at=now)

    shred(exhibit=exhibit, by=mara, reason="court order", at=now)

    assert custody(exhibit)[-1] == ("shredded", f"staff:{mara.pk}", "court order")
    fresh = Exhibit.objects.get(pk=exhibit.pk)
    with pytest.raises(ExhibitShredded):
        open_exhibit(exhibit=fresh, by=ana, reason="review", at=now)
    with pytest.raises(ExhibitShredded):
        hand_over(exhibit=fresh, to="Example Police", by=Actor.worker(), at=now)
    with pytest.raises(ExhibitShredded):
        shred(exhibit=fresh, by=mara, reason="again", at=now)
    with pytest.raises(sealing.KeyDestroyed):
        sealing.open_as_desk(fresh.data_key)


def test_the_worker_shreds_at_the_end_of_retention(ana, now):
    exhibit = make_exhibit(by=ana, at=now)

    end_retention(exhibit=exhibit, at=now)

    assert custody(exhibit)[-1] == ("shredded", "worker:worker", "retention")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"md5": "12"}, "md5"),
        ({"sha1": "g" * 40}, "sha1"),
        ({"sha256": "a" * 63}, "sha256"),
        ({"ips": ("300.1.1.1",)}, "ips"),
        ({"canonical": "not an address"}, "canonical"),
        ({"dns": tuple("x" for _ in range(101))}, "dns"),
    ],
)
def test_a_fact_out_of_order_is_named(facts, field):
    with pytest.raises(CaptureRefused) as refused:
        make_capture(**facts).as_record()
    assert refused.value.field == field


def test_an_unknown_fact_and_an_empty_capture_are_refused(ana, now):
    common = {"captured_at": now, "time_source": "analyst", "by": ana, "at": now}
    with pytest.raises(CaptureRefused) as refused:
        seal(record={"screenshot": "x"}, **common)
    assert (refused.value.field, refused.value.code) == ("screenshot", "unknown")
    with pytest.raises(CaptureRefused) as refused:
        seal(record={}, **common)
    assert refused.value.code == "empty"
    with pytest.raises(CaptureRefused) as refused:
        seal(record={"note": "x" * 4001}, **common)
    assert refused.value.code == "too_long"


def test_a_time_in_the_future_or_of_no_known_source_is_refused(ana, now):
    record = make_capture().as_record()
    later = now + timedelta(minutes=1)
    with pytest.raises(CaptureRefused) as refused:
        seal(record=record, captured_at=later, time_source="analyst", by=ana, at=now)
    assert refused.value.field == "captured_at"
    with pytest.raises(CaptureRefused) as refused:
        seal(record=record, captured_at=now, time_source="sundial", by=ana, at=now)
    assert refused.value.field == "time_source"


@pytest.mark.parametrize("field", ["raw", "note", "http"])
def test_file_content_is_refused_wherever_it_stands(field, ana, now):
    held = "data:image/png;base64,AAAA"
    record = make_capture(**{field: (held,) if field == "http" else held}).as_record()

    with pytest.raises(FileContentRefused):
        seal(record=record, captured_at=now, time_source="analyst", by=ana, at=now)

    assert not Exhibit.objects.exists()


def test_the_custody_log_can_be_neither_changed_nor_cut(ana, now):
    event = make_exhibit(by=ana, at=now).custody.get()

    for act in (lambda: event.save(), event.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
