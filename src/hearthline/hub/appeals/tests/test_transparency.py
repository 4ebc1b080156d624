# SPDX-License-Identifier: Apache-2.0
"""The monthly report: signed, made once, its small cells withheld, and of no use to a searcher."""

import json
from base64 import b64decode
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from hearthline.hub.accounts.models import User
from hearthline.hub.appeals import actions, sweeps
from hearthline.hub.appeals.models import Appeal, BlockingReport, StopDay
from hearthline.hub.appeals.tests.make import NEWSPAPER, decision, make_appeal, taken
from hearthline.hub.audit.models import Entry as Logged
from hearthline.hub.blocklists import actions as blocklists
from hearthline.hub.blocklists.keys import public_text, signing_key
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.blocklists.tests.make import make_ordered
from hearthline.kit.formats.canonical import canonical_json
from hearthline.kit.sealing import KeyRefused

pytestmark = pytest.mark.django_db
NEXT_MONTH = datetime(2026, 11, 1, 3, tzinfo=UTC)


@pytest.fixture
def hosts(ana: User, sena: User, now: datetime) -> list[Entry]:
    """Thirty hosts listed in October, of which seven expired and two were withdrawn."""
    made = [make_ordered(f"h{number}.test", by=ana, at=now) for number in range(30)]
    made = [blocklists.approve(entry=entry, by=sena, at=now) for entry in made]
    for number, entry in enumerate(made[:9]):
        blocklists.delist(entry=entry, because="expired" if number < 7 else "withdrawn", at=now)
    return made


def report(at: datetime = NEXT_MONTH) -> dict[str, Any]:
    assert sweeps.publish_reports(holder="w", at=at) == 1
    said: dict[str, Any] = json.loads(BlockingReport.objects.get().body)
    return said


def test_a_month_is_published_once_and_not_before_it_is_over(hosts: list[Entry]):
    assert sweeps.publish_reports(holder="w", at=NEXT_MONTH - timedelta(hours=4)) == 0
    report()
    assert sweeps.publish_reports(holder="w", at=NEXT_MONTH) == 0
    assert BlockingReport.objects.periods() == ["2026-10"]
    assert Logged.objects.of_verb("appeals.publish_report").count() == 1


def test_months_that_were_missed_are_made_up_for(hosts: list[Entry]):
    assert sweeps.publish_reports(holder="w", at=datetime(2027, 1, 2, tzinfo=UTC)) == 3
    assert BlockingReport.objects.periods() == ["2026-12", "2026-11", "2026-10"]


def test_where_nothing_was_ever_blocked_or_appealed_there_is_no_report():
    assert sweeps.publish_reports(holder="w", at=NEXT_MONTH) == 0


def test_it_counts_what_is_in_force_added_and_delisted(hosts: list[Entry]):
    said = report()
    places = {(row["category"], row["scope"]): row["entries"] for row in said["in_force"]}
    # Twenty-one, rounded to fives.
    assert (places["baseline", "host"], places["_T", "_T"]) == (20, 20)
    assert places["national", "url"] == 0
    assert said["added"] == {"baseline": 30, "national": 0, "_T": 30}
    # Nine.
    assert said["delisted"]["_T"] == 10
    # Two were withdrawn: that is hidden, and so is what would tell it.
    assert said["delisted"]["withdrawn"] is None
    assert said["delisted"]["expired"] is None


def test_the_months_around_a_withheld_one_do_not_tell_what_it_added(
    hosts: list[Entry], ana: User, sena: User
):
    """Known exactly, 21 in force and then 20 or 25 would say that one was added, or more."""
    for number in range(3):
        at = datetime(2026, 11, 5 + number, tzinfo=UTC)
        entry = make_ordered(f"later{number}.test", by=ana, at=at)
        blocklists.approve(entry=entry, by=sena, at=at)
    assert sweeps.publish_reports(holder="w", at=datetime(2026, 12, 1, 3, tzinfo=UTC)) == 2
    october, november = (one.said for one in BlockingReport.objects.order_by("period"))
    assert november["added"]["_T"] is None
    for said in (october, november):
        assert said["rounded_to"] == 5
        blocks = [*said["added"].values(), *said["delisted"].values()]
        blocks += [row["entries"] for row in said["in_force"]]
        assert all(count is None or count % 5 == 0 for count in blocks)


def test_it_counts_appeals_and_withholds_few(hosts: list[Entry], mara: User, now: datetime):
    one = taken(make_appeal(at=now, address="h20.test"), by=mara, at=now)
    actions.decide(appeal=one, decision=decision(one), by=mara, at=now + timedelta(days=1))
    said = report()
    assert (said["appeals_received"], said["entries_appealed"]) == (None, None)
    assert said["appeals_decided"]["lifted"] is None
    assert (said["overturned_per_100"], said["median_days_to_lift"]) == (None, None)


def test_the_rate_and_the_median_are_published_when_they_tell_of_enough(mara: User, now: datetime):
    for number in range(40):
        one = make_appeal(at=now, address=f"http://n{number}.example.org/").appeal
        Appeal.objects.filter(pk=one.pk).update(
            state="decided", handler=mara, outcome="lifted" if number < 10 else "upheld",
            decided_at=now + timedelta(days=3),
        )  # fmt: skip
    said = report()
    assert (said["overturned_per_100"], said["median_days_to_lift"]) == ("25.0", "3.0")
    assert said["appeals_decided"]["_T"] == 40


def test_stop_pages_are_counted_by_month_and_rounded(hosts: list[Entry]):
    days = {date(2026, 9, 30): 100, date(2026, 10, 1): 11, date(2026, 10, 31): 12}
    actions.count_shown(days=days | {date(2026, 11, 1): 100})
    actions.count_shown(days={date(2026, 10, 1): 3})
    assert StopDay.objects.get(day=date(2026, 10, 1)).shown == 14
    assert report()["stop_page_shown"] == 25


def test_its_signature_holds_and_any_change_breaks_it(hosts: list[Entry]):
    said = report()
    body = BlockingReport.objects.get().body
    assert canonical_json(json.loads(body)).decode() == body
    signature = b64decode(said.pop("signature"))
    key = signing_key(settings.BLOCKLIST_PRIVATE_KEY).public_key()
    key.verify(signature, canonical_json(said))
    assert said["key"] == public_text(key)
    said["appeals_received"] = 1
    with pytest.raises(InvalidSignature):
        key.verify(signature, canonical_json(said))


def test_without_the_key_nothing_is_published(hosts: list[Entry], settings: Any):
    settings.BLOCKLIST_PRIVATE_KEY = ""
    with pytest.raises(KeyRefused):
        sweeps.publish_reports(holder="w", at=NEXT_MONTH)
    assert not BlockingReport.objects.exists()


def test_what_was_published_is_never_changed(hosts: list[Entry]):
    report()
    for change in (
        lambda: BlockingReport.objects.update(body="{}"),
        lambda: BlockingReport.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_nothing_in_it_helps_to_find_anything(
    hosts: list[Entry], block: Entry, mara: User, now: datetime
):
    make_appeal(at=now)
    report()
    page = Client().get(reverse("blocking")).content.decode()
    for text in (BlockingReport.objects.get().body, page):
        assert NEWSPAPER not in text
        assert "harbour-host" not in text
        for entry in Entry.objects.all():
            assert str(entry.pk) not in text
            assert entry.reference not in text
            assert bytes(entry.digest).hex() not in text
            assert bytes(entry.host_digest).hex() not in text
        assert ".test" not in text


def test_the_page_shows_the_month_and_leads_to_its_file(hosts: list[Entry]):
    report()
    page = Client().get(reverse("blocking"))
    text = page.content.decode()
    assert "October 2026" in text
    assert "withheld" in text
    assert page.context["sheet"]["added"] == 30
    machine = Client().get(reverse("blocking_report", args=["2026-10"]))
    assert machine["Content-Type"] == "application/json"
    assert machine.content.decode() == BlockingReport.objects.get().body


def test_without_a_report_the_page_says_so_and_a_month_that_is_not_there_is_404():
    page = Client().get(reverse("blocking"), {"period": "2020-01"})
    assert "No figures are published yet" in page.content.decode()
    for period in ("2020-01", "nonsense"):
        assert Client().get(reverse("blocking_report", args=[period])).status_code == 404
