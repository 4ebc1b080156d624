# SPDX-License-Identifier: Apache-2.0
"""An appeal from its words to the desk: sealed, clocked, joined to what it disputes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.appeals import actions, sweeps
from hearthline.hub.appeals.actions import Told
from hearthline.hub.appeals.models import Appeal
from hearthline.hub.appeals.tests.make import (
    ARTICLE,
    NEWSPAPER,
    WORDS,
    decision,
    kinds,
    make_appeal,
    make_block,
    make_finding_of,
    taken,
)
from hearthline.hub.audit.models import Actor
from hearthline.hub.audit.models import Entry as Logged
from hearthline.hub.blocklists import actions as blocklists
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.blocklists.tests.make import make_ordered
from hearthline.hub.cases.actions import hold_notice, step_back
from hearthline.hub.cases.models import Case
from hearthline.hub.notices.models import Notice
from hearthline.hub.reports.tests.make import PICTURE
from hearthline.kit.sealing import new_receipt
from hearthline.kit.urls import FileContentRefused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_an_appeal_is_sealed_and_opens_for_its_receipt_and_the_desk(now: datetime, mara: User):
    made = make_appeal(at=now, contact="newsroom@example.org")
    row = Appeal.objects.get()
    for sealed, text in ((row.address, ARTICLE), (row.words, WORDS)):
        assert text.encode() not in bytes(sealed)
    found, text = actions.come_back(receipt=made.receipt, at=now)
    assert text is not None
    assert (found, text.address, text.words) == (made.appeal, ARTICLE, WORDS)
    assert actions.read(appeal=found, by=mara, at=now).contact == "newsroom@example.org"
    verbs = set(Logged.objects.values_list("verb", flat=True))
    assert {"appeals.appeal", "appeals.come_back", "appeals.read"} <= verbs
    assert not Logged.objects.filter(detail__contains=NEWSPAPER).exists()


def test_its_clocks_are_the_packs(now: datetime):
    one = make_appeal(at=now).appeal
    assert (one.acknowledge_due_at, one.decide_due_at) == (now + DAY, now + 7 * DAY)


def test_what_is_blocked_is_not_asked_while_whoever_appeals_waits(
    block: Entry, django_assert_num_queries: Any, now: datetime
):
    """What is found takes time, so it is found later: the clock would tell who is listed."""
    told = Told(address="http://nothing.example.org/", who="reader", words=WORDS)
    with CaptureQueriesContext(connection) as nothing:
        actions.appeal(told=told, language="en", at=now)
    listed = Told(address=ARTICLE, who="reader", words=WORDS)
    with django_assert_num_queries(len(nothing)):
        one = actions.appeal(told=listed, language="en", at=now).appeal
    block.refresh_from_db()
    assert (kinds(one), block.is_appealed) == ([], False)
    assert [sweeps.look_up(holder="w", at=now) for _again in range(2)] == [2, 0]
    block.refresh_from_db()
    assert (kinds(one), block.is_appealed) == (["block", "finding"], True)


def test_whoever_opens_an_appeal_before_the_worker_finds_what_it_disputes(
    block: Entry, sena: User, mara: User, now: datetime
):
    told = Told(address=ARTICLE, who="owner", words=WORDS)
    one = actions.appeal(told=told, language="en", at=now).appeal
    with pytest.raises(actions.TookPart):
        actions.read(appeal=one, by=sena, at=now)
    one.refresh_from_db()
    actions.read(appeal=one, by=mara, at=now)
    assert kinds(one) == ["block", "finding"]


def test_a_block_of_the_host_and_the_finding_behind_it_are_joined(block: Entry, now: datetime):
    one = make_appeal(at=now).appeal
    assert kinds(one) == ["block", "finding"]
    block.refresh_from_db()
    assert block.is_appealed


def test_a_notice_is_joined_in_the_place_of_its_finding(case: Case, now: datetime):
    Notice.objects.create(case=case, queued_at=now)
    assert kinds(make_appeal(at=now).appeal) == ["notice"]


def test_a_page_beside_a_blocked_page_is_not_joined_but_the_whole_site_is(
    case: Case, ana: User, sena: User, now: datetime
):
    page = ARTICLE.removeprefix("http://")
    make_block(case, by=ana, second=sena, at=now, scope="url", address=page)
    assert kinds(make_appeal(at=now, address=f"http://{NEWSPAPER}/sports.html").appeal) == []
    assert kinds(make_appeal(at=now, address=ARTICLE).appeal) == ["block", "finding"]
    assert kinds(make_appeal(at=now, address=NEWSPAPER).appeal) == ["block", "finding"]


def test_everything_below_a_blocked_path_is_joined(
    case: Case, ana: User, sena: User, now: datetime
):
    make_block(case, by=ana, second=sena, at=now, scope="path", address=f"{NEWSPAPER}/2026/")
    assert kinds(make_appeal(at=now, address=f"http://{NEWSPAPER}/2026/x.html").appeal) == ["block"]
    assert kinds(make_appeal(at=now, address=f"http://{NEWSPAPER}/2025/x.html").appeal) == []


def test_a_path_that_is_blocked_deep_down_is_joined_and_a_page_above_it_is_not(
    ana: User, ben: User, sena: User, now: datetime
):
    deep = f"{NEWSPAPER}/2026/10/world/harbour/"
    case = make_finding_of(f"http://{deep}x.html", ana=ana, ben=ben, at=now)
    make_block(case, by=ana, second=sena, at=now, scope="path", address=deep)
    assert kinds(make_appeal(at=now, address=f"http://{deep}y.html").appeal) == ["block"]
    above = f"http://{NEWSPAPER}/2026/10/world/y.html"
    assert kinds(make_appeal(at=now, address=above).appeal) == []


def test_what_police_hold_back_and_nobody_was_told_of_is_nothing_to_dispute(
    case: Case, now: datetime
):
    """An answer about it would warn whoever runs the place."""
    hold_notice(case=case, until=now + DAY, at=now, actor=Actor.worker())
    assert kinds(make_appeal(at=now).appeal) == []
    notice = Notice.objects.create(case=case, queued_at=now)
    assert kinds(make_appeal(at=now).appeal) == []
    Notice.objects.filter(pk=notice.pk).update(sent_at=now)
    assert kinds(make_appeal(at=now).appeal) == ["notice"]
    Notice.objects.filter(pk=notice.pk).update(sent_at=None)
    assert kinds(make_appeal(at=now + DAY).appeal) == ["notice"]


@pytest.mark.parametrize(
    "typed",
    [
        ARTICLE.upper().replace("/2026/HARBOUR-REPORT.HTML", "/2026/harbour-report.html"),
        f"hxxps://{NEWSPAPER.replace('.', '[.]')}/2026/harbour-report.html",
        ARTICLE.replace("http://", "").replace(".test", ".test."),
        ARTICLE.replace("//", "//editor:secret@").replace("/2026/", "/x/../%32026/"),
        f"My article {ARTICLE} cannot be opened.",
        ARTICLE.replace("morning-tide", "ｍorning-tide") + "#top",
    ],
)
def test_however_the_address_is_spelt_its_block_is_found(
    typed: str, case: Case, ana: User, sena: User, now: datetime
):
    page = ARTICLE.removeprefix("http://")
    make_block(case, by=ana, second=sena, at=now, scope="url", address=page)
    assert "block" in kinds(make_appeal(at=now, address=typed).appeal)


def test_a_block_of_the_whole_domain_is_joined_for_each_name_below(
    ana: User, sena: User, stan: User, now: datetime
):
    entry = make_ordered("harbour-host.test", by=ana, at=now, scope="domain", against_guard=True)
    if entry.guard:
        for senior in (sena, stan):
            entry = blocklists.override(entry=entry, reason="Ordered.", by=senior, at=now)
    else:
        entry = blocklists.approve(entry=entry, by=sena, at=now)
    assert entry.state == "listed"
    assert kinds(make_appeal(at=now).appeal) == ["block"]
    assert kinds(make_appeal(at=now, address="http://harbour-host.test.evil.test/").appeal) == []


def test_a_block_that_was_only_proposed_or_has_ended_is_nothing_to_appeal(
    block: Entry, ana: User, now: datetime
):
    blocklists.delist(entry=block, because="expired", at=now)
    make_ordered(NEWSPAPER, by=ana, at=now)
    assert kinds(make_appeal(at=now).appeal) == ["finding"]


@pytest.mark.parametrize("typed", ["it was on my blog", "ftp://x", "news paper dot test"])
def test_an_address_nobody_can_read_is_kept_for_a_person(typed: str, now: datetime):
    made = make_appeal(at=now, address=typed)
    found, text = actions.come_back(receipt=made.receipt, at=now)
    assert text is not None
    assert text.address == typed
    assert kinds(found) == []


def test_what_is_done_after_the_appeal_joins_when_somebody_takes_it(
    ana: User, ben: User, mara: User, now: datetime
):
    made = make_appeal(at=now)
    assert kinds(made.appeal) == []
    make_finding_of(ARTICLE, ana=ana, ben=ben, at=now)
    assert kinds(taken(made, by=mara, at=now)) == ["finding"]


def test_sending_twice_is_one_appeal_and_other_words_are_another(now: datetime):
    receipt = new_receipt()
    first, again = (make_appeal(at=now, receipt=receipt) for _again in range(2))
    assert (first.receipt, first.appeal.pk) == (again.receipt, again.appeal.pk)
    other = make_appeal(at=now, receipt=receipt, words="And another thing.")
    assert other.receipt != receipt
    assert Appeal.objects.count() == 2


def test_sending_twice_in_one_moment_is_one_appeal(now: datetime):
    receipt, sent = new_receipt(), []

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        """The other one comes in after this one has looked for its receipt."""
        found = execute(sql, *rest)
        if sql.startswith("SELECT") and "appeals_appeal" in sql and not sent:
            sent.append(None)
            sent[0] = make_appeal(at=now, receipt=receipt)
        return found

    with connection.execute_wrapper(meanwhile):
        made = make_appeal(at=now, receipt=receipt)
    assert (made.appeal, made.receipt) == (sent[0].appeal, receipt)
    assert Appeal.objects.get() == made.appeal


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"address": "  "}, actions.NothingSaid),
        ({"words": "  "}, actions.NothingSaid),
        ({"words": "x" * 5_001}, actions.TooLong),
        ({"address": "x" * 2_001}, actions.TooLong),
        ({"contact": "x" * 255}, actions.TooLong),
        ({"words": PICTURE}, FileContentRefused),
        ({"address": PICTURE}, FileContentRefused),
        ({"who": "somebody"}, ValueError),
    ],
)
def test_what_cannot_be_kept_is_refused(told: dict[str, str], refusal: type, now: datetime):
    with pytest.raises(refusal):
        make_appeal(at=now, **told)
    assert not Appeal.objects.exists()


def test_a_receipt_nobody_has_opens_nothing(now: datetime):
    with pytest.raises(actions.AppealUnknown):
        actions.come_back(receipt=new_receipt(), at=now)


def test_whoever_found_proposed_or_approved_neither_reads_nor_takes_it(
    block: Entry, sena: User, stan: User, mara: User, now: datetime
):
    made = make_appeal(at=now)
    with pytest.raises(actions.TookPart):
        actions.read(appeal=made.appeal, by=sena, at=now)
    with pytest.raises(actions.TookPart):
        actions.acknowledge(appeal=made.appeal, by=sena, at=now)
    taken(made, by=stan, at=now)
    with pytest.raises(actions.WrongStep):
        actions.acknowledge(appeal=made.appeal, by=mara, at=now)


def test_whoever_confirmed_the_finding_takes_no_appeal_against_it(
    sena: User, stan: User, mara: User, now: datetime
):
    make_finding_of(ARTICLE, ana=sena, ben=stan, at=now)
    made = make_appeal(at=now)
    for judge in (sena, stan):
        with pytest.raises(actions.TookPart):
            actions.acknowledge(appeal=made.appeal, by=judge, at=now)
    actions.acknowledge(appeal=made.appeal, by=mara, at=now)


def test_whoever_did_anything_on_it_by_the_log_does_not_decide(
    block: Entry, mara: User, stan: User, now: datetime
):
    blocklists.set_review(entry=block, on=(now + 20 * DAY).date(), by=mara, at=now)
    made = make_appeal(at=now)
    with pytest.raises(actions.TookPart):
        actions.acknowledge(appeal=made.appeal, by=mara, at=now)
    blocklists.read_entry(entry=block, by=stan, at=now)
    actions.acknowledge(appeal=made.appeal, by=stan, at=now)


def test_whoever_has_nothing_to_do_with_the_subject_any_more_does_not_decide(
    case: Case, mara: User, stan: User, now: datetime
):
    step_back(case=case, by=mara, at=now)
    made = make_appeal(at=now)
    with pytest.raises(actions.TookPart):
        actions.read(appeal=made.appeal, by=mara, at=now)
    actions.acknowledge(appeal=made.appeal, by=stan, at=now)


def test_a_measure_that_comes_to_light_lets_go_of_whoever_took_part(
    sena: User, stan: User, now: datetime
):
    made = make_appeal(at=now)
    make_finding_of(ARTICLE, ana=sena, ben=stan, at=now)
    with pytest.raises(actions.TookPart):
        actions.acknowledge(appeal=made.appeal, by=sena, at=now)
    made.appeal.refresh_from_db()
    assert made.appeal.state == "received"


def test_analysts_have_no_part_in_appeals_and_oversight_only_reads(
    ana: User, omar: User, ada: User, now: datetime
):
    one = make_appeal(at=now).appeal
    for person in (ana, ada):
        with pytest.raises(NotAllowed):
            actions.read(appeal=one, by=person, at=now)
    actions.read(appeal=one, by=omar, at=now)
    with pytest.raises(NotAllowed):
        actions.acknowledge(appeal=one, by=omar, at=now)


def test_an_appeal_can_be_given_back_by_whoever_has_it(mara: User, stan: User, now: datetime):
    one = taken(make_appeal(at=now), by=mara, at=now)
    with pytest.raises(actions.WrongStep):
        actions.give_back(appeal=one, by=stan, at=now)
    actions.give_back(appeal=one, by=mara, at=now)
    actions.acknowledge(appeal=one, by=stan, at=now + DAY)
    assert (one.handler, one.acknowledged_at) == (stan, now)


def test_an_appeal_whose_handler_left_or_took_part_since_can_be_taken_by_another(
    block: Entry, mara: User, stan: User, now: datetime
):
    one = taken(make_appeal(at=now), by=mara, at=now)
    assert not actions.is_free(one)
    # Mara puts off the block's review: now she has a part in it, and reads the appeal no more.
    blocklists.set_review(entry=block, on=(now + 20 * DAY).date(), by=mara, at=now + DAY)
    with pytest.raises(actions.TookPart):
        actions.decide(appeal=one, decision=decision(one), by=mara, at=now + DAY)
    actions.acknowledge(appeal=one, by=stan, at=now + DAY)
    assert (one.handler, one.acknowledged_at) == (stan, now)
    User.objects.filter(pk=stan.pk).update(is_active=False)
    assert actions.is_free(Appeal.objects.get())


def test_the_sweep_notes_each_late_step_once(now: datetime):
    one = make_appeal(at=now).appeal
    assert sweeps.note_late(holder="w", at=now + DAY) == 0
    late = now + 2 * DAY
    assert [sweeps.note_late(holder="w", at=late) for _again in range(2)] == [1, 0]
    later = now + 8 * DAY
    assert [sweeps.note_late(holder="w", at=later) for _again in range(2)] == [1, 0]
    one.refresh_from_db()
    assert (one.late_unread_at, one.late_undecided_at) == (late, later)


def test_its_words_end_with_the_packs_days_and_its_steps_stay(mara: User, now: datetime):
    made = make_appeal(at=now)
    one = taken(made, by=mara, at=now)
    actions.decide(appeal=one, decision=decision(one, reasons=["not_on_list"]), by=mara, at=now)
    end = now + 365 * DAY
    assert sweeps.end_retention(holder="w", at=end - timedelta(seconds=1)) == 0
    assert [sweeps.end_retention(holder="w", at=end) for _again in range(2)] == [1, 0]
    found, text = actions.come_back(receipt=made.receipt, at=end)
    assert (found.state, text) == ("decided", None)
