# SPDX-License-Identifier: Apache-2.0
import pytest

from hearthline.hub.audit.actions import extend_log
from hearthline.hub.audit.checkpoints import opened
from hearthline.hub.audit.keys import public_key, signing_key
from hearthline.hub.audit.models import Checkpoint, Entry, Leaf, utc
from hearthline.hub.audit.sweeps import SWEEPS, extend_log_sweep
from hearthline.hub.audit.tests.make import make_entries, public_key_text
from hearthline.kit import ledger
from hearthline.kit.sealing import KeyRefused, new_secret_text

pytestmark = pytest.mark.django_db


def test_entries_come_under_a_signed_checkpoint(ana, now) -> None:
    make_entries(3, about=ana, at=now)
    checkpoint = extend_log(at=now)
    leaves = [ledger.leaf_hash(entry.leaf_bytes()) for entry in Entry.objects.order_by("id")]
    assert [bytes(leaf.hash) for leaf in Leaf.objects.order_by("index")] == leaves
    stated = opened(checkpoint.note, [public_key(public_key_text())])
    assert (stated.size, stated.root) == (len(leaves), ledger.root(leaves))
    assert stated.signed_at == utc(now)


def test_other_software_reads_the_checkpoint(ana, now) -> None:
    make_entries(1, about=ana, at=now)
    note = extend_log(at=now).note
    key = public_key(public_key_text())
    assert ledger.open_checkpoint(note, key, "hearthline/audit").size == Entry.objects.count()


def test_extending_twice_does_nothing(ana, now) -> None:
    make_entries(3, about=ana, at=now)
    assert extend_log(at=now) is not None
    assert extend_log(at=now) is None
    assert Checkpoint.objects.count() == 1


def test_the_tree_goes_on_where_it_stood(ana, now) -> None:
    for count in (1, 2, 5):
        make_entries(count, about=ana, at=now)
        last = extend_log(at=now)
    leaves = [bytes(leaf.hash) for leaf in Leaf.objects.order_by("index")]
    assert bytes(last.root) == ledger.root(leaves)
    assert [leaf.index for leaf in Leaf.objects.order_by("index")] == list(range(len(leaves)))


def test_a_long_backlog_is_logged_part_by_part(ana, now) -> None:
    make_entries(7, about=ana, at=now)
    total = Entry.objects.count()
    assert extend_log(at=now, limit=3).size == 3
    assert extend_log_sweep(holder="w1", at=now) == total - 3
    assert extend_log_sweep(holder="w1", at=now) == 0
    assert not Entry.objects.unlogged().exists()


def test_the_worker_runs_it() -> None:
    assert extend_log_sweep in SWEEPS


def test_without_its_key_nothing_is_logged(ana, now, settings) -> None:
    make_entries(1, about=ana, at=now)
    settings.AUDIT_PRIVATE_KEY = ""
    with pytest.raises(KeyRefused, match="HEARTHLINE_AUDIT_PRIVATE_KEY"):
        extend_log(at=now)
    assert not Leaf.objects.exists()


def test_the_public_key_is_read_from_its_text() -> None:
    text = public_key_text()
    assert ledger.verifier_key("hearthline/audit", public_key(f" {text}\n")) == text


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text.replace("hearthline", "lantern"),
        lambda text: text[:-1],
        lambda text: text.replace("+", "", 1),
        lambda text: text.partition("+")[0] + "+00000000+" + text.split("+", 2)[2],
        lambda text: new_secret_text(),
    ],
)
def test_a_spoiled_public_key_is_refused_by_name(spoil) -> None:
    with pytest.raises(KeyRefused, match="HEARTHLINE_AUDIT_PUBLIC_KEY"):
        public_key(spoil(public_key_text()))


def test_a_refusal_never_shows_a_secret() -> None:
    secret = new_secret_text()
    with pytest.raises(KeyRefused) as refusal:
        public_key(secret)
    assert secret not in str(refusal.value)
    with pytest.raises(KeyRefused):
        signing_key(public_key_text())
