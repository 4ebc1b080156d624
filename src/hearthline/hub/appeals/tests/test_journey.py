# SPDX-License-Identifier: Apache-2.0
"""A wrongly blocked newspaper appeals, and is lifted on every output within the clock."""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client
from django.urls import reverse

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.appeals import sweeps
from hearthline.hub.appeals.models import Appeal, Measure
from hearthline.hub.appeals.tests.make import ARTICLE, NEWSPAPER, WORDS
from hearthline.hub.blocklists import actions as blocklists
from hearthline.hub.blocklists import sweeps as list_sweeps
from hearthline.hub.blocklists.actions.publishing import HASHES, OUTPUTS, ZONE, place
from hearthline.hub.blocklists.keys import signing_key
from hearthline.hub.blocklists.models import Entry, Version
from hearthline.hub.blocklists.tests.make import make_ordered
from hearthline.hub.notices.models import Notice
from hearthline.hub.notices.sweeps import open_notices
from hearthline.kit.blocking import check_manifest
from hearthline.kit.dns.versions import newest, read_names

pytestmark = pytest.mark.django_db
NEIGHBOUR = "lighthouse.harbour-host.test"


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def publish(at: datetime) -> Version:
    """One round of the worker; the version in force."""
    for sweep in (*list_sweeps.SWEEPS, *sweeps.SWEEPS):
        sweep(holder="w1", at=at)
    version = Version.objects.newest()
    assert version is not None
    return version


def names_blocked(version: Version) -> set[str]:
    """The names in every output of a version, which its signed manifest vouches for."""
    key = signing_key(live.BLOCKLIST_PRIVATE_KEY).public_key()
    files = place(version.serial)
    manifest = check_manifest(version.manifest.encode(), key, version.serial)
    for name in OUTPUTS:
        manifest.check_output(name, (files / name).read_bytes())
    zone = (files / ZONE).read_text()
    hashes = (files / HASHES).read_bytes()
    served = newest(files.parent.parent)
    assert served is not None
    primary = read_names(files.parent.parent, served).decode()
    found = set()
    for name in (NEWSPAPER, NEIGHBOUR):
        where = [name in zone, sha256(f"{name}/".encode()).digest() in hashes, name in primary]
        assert len(set(where)) == 1, where
        found |= {name} if where[0] else set()
    return found


def test_a_newspaper_is_lifted_everywhere_within_the_clock(
    block: Entry, ana: User, sena: User, mara: User, stan: User
):
    other = make_ordered(NEIGHBOUR, by=ana, at=block.listed_at)
    blocklists.approve(entry=other, by=sena, at=block.listed_at)
    open_notices(holder="w1", at=block.listed_at)
    assert Notice.objects.filter(case=block.case).exists()
    listed = publish(block.listed_at)
    assert names_blocked(listed) == {NEWSPAPER, NEIGHBOUR}

    # A reader lands on the stop page, and the editor finds the way from there.
    reader = Client()
    stopped = reader.get(reverse("stopped"))
    assert stopped.status_code == 451
    assert reverse("appeal") in stopped.content.decode()
    told = {"address": ARTICLE, "who": "owner", "words": WORDS}
    receipt = reader.post(reverse("appeal"), told).context["receipt"]
    one = Appeal.objects.get()
    sweeps.look_up(holder="w1", at=one.received_at)
    kinds = set(one.measures.values_list("kind", flat=True))
    assert kinds == {Measure.Kind.BLOCK, Measure.Kind.NOTICE}

    # Who blocked it may not look; somebody else takes it, and decides.
    pk = [one.pk]
    assert signed_in(sena).get(reverse("appeal_desk", args=pk)).status_code == 403
    desk = signed_in(mara)
    desk.post(reverse("appeal_take", args=pk))
    answer = {f"result-{each.pk}": "lifted" for each in one.measures.all()}
    answer |= {"reasons": "not_unlawful", "remedies": "lifted", "apology": "harm"}
    desk.post(reverse("appeal_decide", args=pk), answer)
    one.refresh_from_db()
    assert one.state == "agreeing"

    # The next round of the worker lifts it on every output, and nothing else with it.
    lifted = publish(one.received_at + timedelta(minutes=1))
    assert lifted.serial == listed.serial + 1
    assert (lifted.added, lifted.removed, lifted.entries) == (0, 1, 1)
    assert names_blocked(lifted) == {NEIGHBOUR}
    assert list(lifted.changes.values_list("kind", "because")) == [("remove", "appeal")]

    # The finding takes two; then the host hears no more, and the editor reads the answer.
    signed_in(stan).post(reverse("appeal_agree", args=pk))
    one.refresh_from_db()
    assert one.decided_at is not None
    assert one.decided_at <= one.decide_due_at
    assert not Notice.objects.open().exists()
    page = reader.post(reverse("appeal_decision"), {"receipt": receipt}).content.decode()
    for text in ("The measure is lifted", "taken it off the list", "cost you work or trust"):
        assert text in page
    # Nothing comes back with the rounds after.
    later = publish(one.received_at + timedelta(days=30))
    assert names_blocked(later) == {NEIGHBOUR}
