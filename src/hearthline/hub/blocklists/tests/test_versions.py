# SPDX-License-Identifier: Apache-2.0
import shutil
from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings as live
from django.db import DatabaseError, transaction

from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists import actions, sweeps
from hearthline.hub.blocklists.actions.publishing import MANIFEST, OUTPUTS, folder, place
from hearthline.hub.blocklists.keys import signing_key
from hearthline.hub.blocklists.models import Change, Entry, Version
from hearthline.hub.blocklists.tests.make import (
    make_listed,
    make_ordered,
    make_silent,
    set_blocking,
)
from hearthline.hub.cases.actions import conclude, content_gone
from hearthline.kit.blocking import check_manifest
from hearthline.kit.sealing import KeyRefused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def publish(at) -> None:
    """One round of the worker, as far as this room goes."""
    for sweep in sweeps.SWEEPS:
        sweep(holder="w1", at=at)


def output(serial: int, name: str) -> bytes:
    return (place(serial) / name).read_bytes()


def checked(serial: int):
    """The manifest as a network reads it, with every output checked against it."""
    key = signing_key(live.BLOCKLIST_PRIVATE_KEY).public_key()
    found = check_manifest(output(serial, MANIFEST), key, serial)
    for name in OUTPUTS:
        found.check_output(name, output(serial, name))
    return found


@pytest.fixture
def site(ana, sena, now) -> Entry:
    """A host name, ordered by a court and approved."""
    entry = make_ordered("pages.harbour-host.test", by=ana, at=now)
    return actions.approve(entry=entry, by=sena, at=now)


def test_what_two_people_listed_is_in_every_output_of_the_next_version(site, listed, now) -> None:
    publish(now)
    found = checked(1)
    assert (found.entries, found.before) == (2, None)
    assert b"pages.harbour-host.test A 127.0.0.80\n" in output(1, "rpz.zone")
    page = sha256(b"pages.harbour-host.test/album/7/index.html").digest()
    assert page in output(1, "hashes.bin")
    assert page[:4] in output(1, "prefixes.bin")
    assert output(1, "names.tsv") == b"pages.harbour-host.test\t0\n"
    assert {change.kind for change in Change.objects.all()} == {Change.Kind.ADD}


def test_a_page_never_enters_dns(listed, now) -> None:
    publish(now)
    assert b"harbour-host" not in output(1, "rpz.zone")
    assert output(1, "names.tsv") == b""


def test_without_a_change_there_is_no_new_version(site, now) -> None:
    publish(now)
    publish(now + timedelta(minutes=1))
    assert Version.objects.count() == 1


def test_a_proposal_reaches_no_network(proposed, now) -> None:
    publish(now)
    assert not Version.objects.exists()
    assert not folder().exists()


def test_an_appeal_that_is_right_lifts_it_in_every_output(site, listed, mara, now) -> None:
    publish(now)
    actions.mark_appealed(entry=site, at=now)
    publish(now)
    assert Version.objects.newest().serial == 1
    actions.overturn(entry=site, by=mara, at=now)
    publish(now + timedelta(minutes=1))
    found = checked(2)
    assert found.before == (1, sha256(output(1, MANIFEST)).digest())
    assert found.entries == 1
    assert b"harbour-host" not in output(2, "rpz.zone")
    assert output(2, "names.tsv") == b""
    assert sha256(b"pages.harbour-host.test/").digest() not in output(2, "hashes.bin")
    removed = Change.objects.get(kind=Change.Kind.REMOVE)
    assert (removed.entry, removed.because, removed.version.serial) == (site, "appeal", 2)


def test_what_is_found_gone_is_lifted_in_the_same_round(listed, case, now) -> None:
    publish(now)
    content_gone(case=case, at=now, actor=Actor.worker())
    publish(now + timedelta(minutes=1))
    assert Entry.objects.get(pk=listed.pk).delisted_because == "gone"
    assert checked(2).entries == 0


@pytest.mark.parametrize(
    ("because", "lifted"), [("removed", "gone"), ("nothing_more", "withdrawn")]
)
def test_an_entry_does_not_outlive_its_case(listed, case, now, because, lifted) -> None:
    conclude(case=case, because=because, at=now, actor=Actor.worker())
    publish(now)
    assert Entry.objects.get(pk=listed.pk).delisted_because == lifted


def test_what_nobody_renews_ends(listed, now) -> None:
    publish(now)
    publish(listed.expires_at - timedelta(seconds=1))
    assert Version.objects.count() == 1
    publish(listed.expires_at)
    assert Entry.objects.get(pk=listed.pk).delisted_because == "expired"
    assert checked(2).entries == 0


def test_what_was_listed_and_lifted_between_two_versions_is_in_none(listed, now) -> None:
    actions.delist(entry=listed, because=Entry.Because.GONE, at=now)
    publish(now)
    assert not Version.objects.exists()


def test_files_that_are_lost_are_written_again_byte_for_byte(site, listed, now) -> None:
    publish(now)
    before = {path.name: path.read_bytes() for path in place(1).iterdir()}
    shutil.rmtree(folder())
    publish(now + timedelta(hours=5))
    assert {path.name: path.read_bytes() for path in place(1).iterdir()} == before


def test_a_round_cut_short_before_the_manifest_is_finished_by_the_next(site, now) -> None:
    publish(now)
    (place(1) / MANIFEST).unlink()
    (place(1) / "rpz.zone").unlink()
    publish(now + timedelta(minutes=1))
    assert checked(1).entries == 1


def test_the_serial_goes_past_what_networks_saw_before_a_backup_was_restored(site, now) -> None:
    (folder() / "versions" / "7").mkdir(parents=True)
    (folder() / "versions" / "7" / "version.json").write_text(
        '{"serial": 7, "made_at": "", "names": 0, "sha256": "", "previous": 0,'
        ' "changes_sha256": ""}'
    )
    publish(now)
    assert Version.objects.newest().serial == 8


def test_a_ledger_that_was_tampered_with_is_not_written_again(site, now, listed) -> None:
    publish(now)
    shutil.rmtree(folder())
    Entry.objects.filter(pk=listed.pk).update(listed_at=now - timedelta(days=1))
    with pytest.raises(actions.LedgerBroken):
        actions.restore_newest()


def test_without_a_key_nothing_is_signed_and_nothing_written(site, now, settings) -> None:
    settings.BLOCKLIST_PRIVATE_KEY = ""
    with pytest.raises(KeyRefused, match="BLOCKLIST_PRIVATE_KEY"):
        actions.make_version(at=now)
    assert not Version.objects.exists()
    assert not folder().exists()


def test_without_a_stop_page_a_name_does_not_exist(site, now, settings) -> None:
    set_blocking(settings, stop_ipv4="")
    publish(now)
    assert b"pages.harbour-host.test CNAME .\n" in output(1, "rpz.zone")


def test_the_database_keeps_versions_and_changes_as_they_were(site, now) -> None:
    publish(now)
    for rows, change in (
        (Version.objects.all(), {"entries": 5}),
        (Change.objects.all(), {"kind": Change.Kind.REMOVE}),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows._raw_delete("default")


def test_addresses_are_forgotten_once_the_pack_says_so(ana, ben, sena, listed, site, now) -> None:
    publish(now)
    actions.delist(entry=listed, because=Entry.Because.GONE, at=now)
    publish(now + timedelta(days=364))
    assert Entry.objects.get(pk=listed.pk).ended_at is None
    later = now + timedelta(days=366)
    publish(later)
    entry = Entry.objects.get(pk=listed.pk)
    assert (entry.ended_at, bytes(entry.address)) == (later, b"")


def test_no_file_names_in_clear_what_was_forgotten(ana, sena, site, home, now) -> None:
    other = make_ordered("lighthouse.harbour-host.test", by=ana, at=now)
    actions.approve(entry=other, by=sena, at=now)
    publish(now)
    actions.delist(entry=site, because=Entry.Because.WITHDRAWN, at=now)
    publish(now + timedelta(minutes=1))
    name = b"pages.harbour-host.test"
    files = [each for each in home.rglob("*") if each.is_file()]
    assert any(name in each.read_bytes() for each in files)
    # Renewed, so that the list stays as it is.
    Entry.objects.filter(pk=other.pk).update(expires_at=now + timedelta(days=999))
    publish(now + timedelta(days=366))
    assert Entry.objects.get(pk=site.pk).ended_at
    files = [each for each in home.rglob("*") if each.is_file()]
    assert not [each for each in files if name in each.read_bytes()]
    # What is in force is served on, and the next version follows it.
    assert checked(2).entries == 1
    actions.delist(entry=other, because=Entry.Because.WITHDRAWN, at=now + timedelta(days=367))
    publish(now + timedelta(days=367))
    assert (checked(3).entries, output(3, "names.tsv")) == (0, b"")


def test_what_still_stands_in_a_version_is_not_forgotten(listed, now) -> None:
    publish(now)
    actions.delist(entry=listed, because=Entry.Because.GONE, at=now)
    assert not Entry.objects.past_retention(now + timedelta(days=999)).exists()


def test_large_files_of_old_versions_go_and_manifests_stay(ana, sena, ben, now) -> None:
    for number in range(12):
        case = make_silent(
            ana=ana, ben=ben, at=now, address=f"http://pages.harbour-host.test/{number}/"
        )
        address = f"pages.harbour-host.test/{number}/"
        make_listed(case, by=ana, second=sena, at=now, address=address)
        publish(now + timedelta(minutes=number))
    assert checked(12).entries == 12
    assert not (place(2) / "rpz.zone").exists()
    assert (place(3) / "rpz.zone").exists()
    assert (place(1) / MANIFEST).exists()
