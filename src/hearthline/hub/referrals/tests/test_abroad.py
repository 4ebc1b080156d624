# SPDX-License-Identifier: Apache-2.0
"""Hosted abroad: the hotline of that country is handed the case, and it is tracked to its end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.actions import hold_notice
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import confirmed
from hearthline.hub.directory.actions import retire
from hearthline.hub.directory.models import Organisation
from hearthline.hub.directory.tests.make import make_organisation
from hearthline.hub.mail.models import Letter
from hearthline.hub.referrals import sweeps
from hearthline.hub.referrals.actions import (
    ChildFirst,
    ExerciseStaysAtHome,
    GroundsNeeded,
    NoMailContact,
    NoRecipientKey,
    NotByHand,
    NotCleared,
    NotConfirmed,
    NotHotlineAbroad,
    NotOpen,
    UnknownReason,
    note_acted,
    note_received,
    note_returned,
    note_sent_by_hand,
)
from hearthline.hub.referrals.models import HandOver
from hearthline.hub.referrals.tests.make import ADDRESS, CONTACT
from hearthline.hub.referrals.tests.make_abroad import (
    COUNTRY,
    cleared,
    hotline_identity,
    looked_up,
    make_hand_over,
    make_hotline,
)
from hearthline.hub.reports.actions import Template, start_drill
from hearthline.hub.sealing.words import words_of
from hearthline.kit.formats.hand_over import open_hand_over
from hearthline.kit.urls import Observation, Verdict

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def hotline(ada, now) -> Organisation:
    return make_hotline(ada=ada, at=now)


@pytest.fixture
def ready(case, now) -> Case:
    """A confirmed case that police have, whose host was found in Northland."""
    looked_up(now)
    return cleared(case, at=now)


@pytest.fixture
def handed(ready, hotline, ana, now) -> HandOver:
    return make_hand_over(ready, hotline, by=ana, at=now)


def arrive(row: HandOver, at) -> HandOver:
    """The hotline's mail server took the letter."""
    Letter.objects.filter(pk=row.letter_id).update(state=Letter.State.SENT, sent_at=at)
    sweeps.note_abroad(holder="w", at=at)
    return HandOver.objects.get(pk=row.pk)


def rows_of(row: HandOver) -> dict[str, str]:
    made = open_hand_over(bytes(row.package), str(hotline_identity()))
    return {one.code: one.value for section in made.sections for one in section.rows}


# Handing over


def test_a_case_is_handed_to_the_hotline_of_the_country_that_hosts_it(handed, ready, ana, now):
    assert (handed.state, handed.country, handed.prepared_by) == ("prepared", COUNTRY, ana)
    assert handed.classification == "baseline"
    assert handed.fact.country == COUNTRY
    letter = handed.letter
    assert (letter.recipient, letter.purpose) == ("desk@northland-hotline.test", "hand_over")
    entry = Entry.objects.get(verb="referrals.hand_over")
    assert ADDRESS not in entry.detail


def test_the_package_says_what_and_where_and_how_it_is_known_and_opens_with_their_key(handed):
    said = rows_of(handed)
    assert said["receiving_country"] == COUNTRY
    assert said["sending_country"] == "XS"
    assert said["hotline"] == "Northland Hotline"
    assert said["our_reference"] == handed.case.reference
    assert said["classification_code"] == "baseline"
    assert said["address"] == ADDRESS
    text = "\n".join(said.values())
    assert "abuse@harbour-net.test (rdap.register.test, 2026-03-04)" in text
    assert "XN (rdap.register.test, 2026-03-04)" in text


def test_nothing_of_the_reporter_is_in_it_nor_of_the_address_in_the_letter(handed):
    text = "\n".join(rows_of(handed).values())
    assert CONTACT not in text
    assert "I saw this" not in text
    assert ADDRESS.encode() not in bytes(handed.package)
    made = open_hand_over(bytes(handed.package), str(hotline_identity()))
    assert "http://" not in made.page().replace("http-equiv", "")
    assert made.record()["format"] == "hearthline-hand-over"


def test_handing_over_twice_is_handing_over_once(handed, ready, hotline, ana, now):
    assert make_hand_over(ready, hotline, by=ana, at=now + HOUR) == handed
    assert Letter.objects.filter(purpose="hand_over").count() == 1
    with pytest.raises(IntegrityError):
        HandOver(
            case=ready, hotline=hotline, package=b"x", package_sha256=b"x", prepared_at=now,
            prepared_by=ana,
        ).save()  # fmt: skip


def test_where_the_look_does_not_show_the_country_a_person_says_how_it_is_known(
    case, hotline, ana, now
):
    cleared(case, at=now)
    with pytest.raises(GroundsNeeded):
        make_hand_over(case, hotline, by=ana, at=now)
    looked_up(now, proxy="Cloudflare")
    with pytest.raises(GroundsNeeded):
        make_hand_over(case, hotline, by=ana, at=now, grounds=" ")
    row = make_hand_over(case, hotline, by=ana, at=now, grounds="The proxy told us the origin.")
    assert words_of(row.grounds) == "The proxy told us the origin."
    assert "origin" not in row.grounds
    assert rows_of(row)["grounds"] == "The proxy told us the origin."


def test_another_country_than_the_look_shows_needs_grounds(case, ada, ana, now):
    looked_up(now, country="XW")
    with pytest.raises(GroundsNeeded):
        make_hand_over(cleared(case, at=now), make_hotline(ada=ada, at=now), by=ana, at=now)


def test_an_administrator_hands_nothing_over(ready, hotline, ada, now):
    with pytest.raises(NotAllowed):
        make_hand_over(ready, hotline, by=ada, at=now)
    assert HandOver.objects.count() == 0


def test_nobody_abroad_hears_before_police_have_it(case, hotline, ana, now):
    looked_up(now)
    with pytest.raises(NotCleared):
        make_hand_over(case, hotline, by=ana, at=now)


def test_nobody_abroad_hears_while_police_ask_us_to_wait(ready, hotline, ana, now):
    hold_notice(case=ready, until=now + DAY, at=now, actor=Actor.worker())
    with pytest.raises(NotCleared):
        make_hand_over(ready, hotline, by=ana, at=now)
    assert make_hand_over(ready, hotline, by=ana, at=now + DAY)


def test_a_hold_that_comes_later_holds_the_letter_too(handed, ready, now):
    hold_notice(case=ready, until=now + DAY, at=now, actor=Actor.worker())
    assert Letter.objects.get(pk=handed.letter_id).held_until == now + DAY


def test_a_case_that_is_not_confirmed_stays(ready, hotline, ana, now):
    Case.objects.filter(pk=ready.pk).update(state=Case.State.CLOSED, closed_at=now)
    with pytest.raises(NotConfirmed):
        make_hand_over(ready, hotline, by=ana, at=now)


def test_a_child_first_case_stays(ready, hotline, ana, now):
    Case.objects.filter(pk=ready.pk).update(track=Case.Track.CHILD_FIRST)
    with pytest.raises(ChildFirst):
        make_hand_over(ready, hotline, by=ana, at=now)


def test_no_partner_hears_of_an_exercise(hotline, ana, ben, mara, now):
    start_drill(template=Template.PAGE, reason="A rehearsal.", by=mara, at=now)
    (practised,) = cases.pull(at=now)
    practised = confirmed(practised, by=ana, second=ben, at=now)
    with pytest.raises(ExerciseStaysAtHome):
        make_hand_over(cleared(practised, at=now), hotline, by=ana, at=now, grounds="It says so.")
    assert not Letter.objects.filter(purpose="hand_over").exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"country": "XS"},
        {"country": ""},
    ],
)
def test_a_hotline_of_our_own_country_or_of_none_is_not_abroad(ready, ada, ana, now, facts):
    with pytest.raises(NotHotlineAbroad):
        make_hand_over(ready, make_hotline(ada=ada, at=now, **facts), by=ana, at=now)


def test_a_host_is_no_hotline(ready, ada, ana, now):
    host = make_organisation(by=ada, at=now, country=COUNTRY)
    with pytest.raises(NotHotlineAbroad):
        make_hand_over(ready, host, by=ana, at=now)


def test_a_retired_hotline_is_handed_nothing(ready, hotline, ada, ana, now):
    retire(organisation=hotline, reason="Closed.", by=ada, at=now)
    with pytest.raises(NotHotlineAbroad):
        make_hand_over(ready, hotline, by=ana, at=now)


def test_without_a_key_nothing_goes_out_in_clear(ready, ada, ana, now):
    with pytest.raises(NoRecipientKey):
        make_hand_over(ready, make_hotline(ada=ada, at=now, key=False), by=ana, at=now)


def test_without_a_mailbox_a_person_enters_it_in_the_networks_own_system(ready, ada, ana, now):
    silent = make_hotline(ada=ada, at=now, mailbox="")
    with pytest.raises(NoMailContact):
        make_hand_over(ready, silent, by=ana, at=now)
    row = make_hand_over(ready, silent, by=ana, at=now, channel="hand")
    assert (row.letter, row.state) == (None, "prepared")
    sent = note_sent_by_hand(row=row, by=ana, at=now + HOUR)
    assert (sent.state, sent.sent_at) == ("sent", now + HOUR)


def test_a_letter_says_itself_when_it_arrived(handed, ana, now):
    with pytest.raises(NotByHand):
        note_sent_by_hand(row=handed, by=ana, at=now)


# Tracking


def test_its_clocks_run_from_the_hour_their_server_took_it(handed, now):
    assert handed.clock is None
    row = arrive(handed, now + HOUR)
    assert (row.state, row.sent_at) == ("sent", now + HOUR)
    assert row.clock == (now + HOUR, now + HOUR + 72 * HOUR)
    assert sweeps.note_abroad(holder="w", at=now + 2 * HOUR) == 0
    assert not HandOver.objects.late(now + 72 * HOUR).exists()
    assert HandOver.objects.late(now + 73 * HOUR).get() == row


def test_they_have_it_under_their_reference_and_have_acted(handed, ana, now):
    row = arrive(handed, now)
    row = note_received(row=row, reference=" N-77 ", by=ana, at=now + DAY)
    assert (row.state, row.hotline_reference, row.received_at) == ("received", "N-77", now + DAY)
    assert row.clock == (now, now + 168 * HOUR)
    assert HandOver.objects.late(now + 168 * HOUR).get() == row
    row = note_acted(row=row, by=ana, at=now + 2 * DAY)
    assert (row.state, row.received_at, row.clock) == ("acted", now + DAY, None)
    assert not HandOver.objects.late(now + 300 * HOUR).exists()


def test_an_answer_before_the_server_said_so_shows_that_it_arrived(handed, ana, now):
    row = note_received(row=handed, reference="", by=ana, at=now + HOUR)
    assert (row.state, row.sent_at) == ("received", now + HOUR)
    assert row.due_at is not None


def test_returned_it_may_be_handed_to_another(handed, ready, ada, ana, now):
    row = note_returned(row=handed, because="not_here", by=ana, at=now + DAY)
    assert (row.state, row.get_returned_because_display()) == (
        "returned", "It is not hosted in their country",
    )  # fmt: skip
    assert row.due_at is None
    other = make_hotline(ada=ada, at=now, name="Westland Hotline", country="XW")
    again = make_hand_over(ready, other, by=ana, at=now + DAY, grounds="They said so.")
    assert again.country == "XW"
    assert HandOver.objects.open().get() == again


def test_a_return_has_one_of_the_reasons(handed, ana, now):
    with pytest.raises(UnknownReason):
        note_returned(row=handed, because="no_time", by=ana, at=now)


@pytest.mark.parametrize("end", ["acted", "returned"])
def test_what_they_said_in_the_end_stands(handed, ana, now, end):
    if end == "acted":
        note_acted(row=handed, by=ana, at=now)
    else:
        note_returned(row=handed, because="other", by=ana, at=now)
    for say in (
        lambda: note_received(row=handed, reference="N-1", by=ana, at=now),
        lambda: note_acted(row=handed, by=ana, at=now),
        lambda: note_returned(row=handed, because="other", by=ana, at=now),
        lambda: note_sent_by_hand(row=handed, by=ana, at=now),
    ):
        with pytest.raises(NotOpen):
            say()


def test_an_administrator_answers_for_nobody(handed, ada, now):
    for say in (
        lambda: note_received(row=handed, reference="N-1", by=ada, at=now),
        lambda: note_acted(row=handed, by=ada, at=now),
        lambda: note_returned(row=handed, because="other", by=ada, at=now),
        lambda: note_sent_by_hand(row=handed, by=ada, at=now),
    ):
        with pytest.raises(NotAllowed):
            say()


# Looking again


def look(at, verdict: Verdict) -> int:
    asked = []

    def probe(url, **_options):
        asked.append(url)
        return Observation(url, verdict, "test", ())

    made = sweeps.look_abroad(holder="w", at=at, probe=probe)
    assert asked == [ADDRESS] * made
    return made


def test_looks_go_on_whatever_they_say_and_find_it_gone(handed, ana, now):
    row = arrive(handed, now)
    note_acted(row=row, by=ana, at=now)
    at = now
    for absent in (1, 2, 3):
        at += DAY
        assert look(at, Verdict.ABSENT) == 1
        assert look(at, Verdict.ABSENT) == 0
        row.refresh_from_db()
        assert row.absent == absent
    assert row.gone_at == at
    subject = Case.objects.get(pk=row.case_id).subject
    assert subject.gone_at == at


def test_one_look_that_finds_it_begins_the_count_again_and_one_unclear_does_not(handed, now):
    row = arrive(handed, now)
    for days, verdict, absent in (
        (1, Verdict.ABSENT, 1),
        (2, Verdict.UNCLEAR, 1),
        (3, Verdict.ABSENT, 2),
        (4, Verdict.PRESENT, 0),
    ):
        look(now + days * DAY, verdict)
        row.refresh_from_db()
        assert row.absent == absent
    assert row.gone_at is None


def test_what_comes_back_is_seen(handed, now):
    row = arrive(handed, now)
    for days in (1, 2, 3):
        look(now + days * DAY, Verdict.ABSENT)
    look(now + 4 * DAY, Verdict.PRESENT)
    row.refresh_from_db()
    assert (row.gone_at, row.absent) == (None, 0)
    assert Case.objects.get(pk=row.case_id).subject.gone_at is None


def test_a_closed_case_is_not_looked_at_any_more(handed, now):
    arrive(handed, now)
    Case.objects.update(state=Case.State.CLOSED, closed_at=now)
    assert look(now + DAY, Verdict.PRESENT) == 0
    assert HandOver.objects.get().due_at is None


def test_a_look_that_fails_keeps_no_other_waiting(handed, now, caplog):
    arrive(handed, now)

    def broken(url, **_options):
        raise RuntimeError("a fault of ours")

    assert sweeps.look_abroad(holder="w", at=now + DAY, probe=broken) == 0
    assert "is tried again" in caplog.text
    assert HandOver.objects.due(now + 2 * DAY).count() == 1


def test_package_and_reference_end_with_the_case(handed, ana, now):
    note_received(row=handed, reference="N-77", by=ana, at=now)
    Case.objects.update(ended_at=now)
    assert sweeps.end_packages(holder="w", at=now) == 1
    assert sweeps.end_packages(holder="w", at=now) == 0
    row = HandOver.objects.get()
    assert (bytes(row.package), row.hotline_reference, row.ended_at) == (b"", "", now)
    with pytest.raises(NotOpen):
        note_acted(row=row, by=ana, at=now)
