# SPDX-License-Identifier: Apache-2.0
"""A letter's link: bound to its contact, expiring, revocable; it opens its own notices alone."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import hold_notice
from hearthline.hub.cases.models import Case, Withdrawal
from hearthline.hub.directory.actions import add_domain, retire, supersede_contact
from hearthline.hub.directory.tests.make import make_contact, make_organisation
from hearthline.hub.notices.actions import (
    AlreadySaid,
    GroundNeeded,
    LinkRefused,
    NotOpen,
    NotTheirs,
    PlaceNeeded,
    PlaceRefused,
    Said,
    UnknownAnswer,
    UnknownRefusal,
    answer_as_provider,
    end_looks,
    enter,
    link_for,
    open_notice,
    revoke_links,
)
from hearthline.hub.notices.models import Answer, Copy, Delivery, Notice, Reader
from hearthline.hub.notices.sweeps import (
    check_availability,
    forget_copies,
    forget_links,
    seal_copies,
    write_letters,
)
from hearthline.hub.notices.tests.make import (
    LAWYERS,
    MAILBOX,
    add_lawyers,
    link_in,
    make_sent,
    set_ladder,
    sweep,
)
from hearthline.hub.sealing.words import words_of
from hearthline.kit.formats import feedback
from hearthline.kit.urls import FileContentRefused, Observation, Verdict

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OTHER = "http://pages.other-host.test/x"
NEW = "http://pages.harbour-host.test/moved/8"


def secret_of(inbox, recipient=MAILBOX) -> str:
    return link_in(feedback.parse(inbox.to(recipient)[-1]).plain_text)


@pytest.fixture
def visit(notice, inbox, now):
    return enter(secret=secret_of(inbox), at=now)


@pytest.fixture
def others(inbox, ana, ben, ada, now) -> Notice:
    """A notice of another host."""
    host = make_organisation(by=ada, at=now, name="Other Hosting", country="XS")
    make_contact(host, by=ada, at=now, value="abuse@other-host.test")
    add_domain(organisation=host, name="other-host.test", by=ada, at=now)
    return make_sent(OTHER, ana=ana, ben=ben, at=now)


def say(visit, notice, code, at, **more) -> Answer:
    said = Said(code, **more)
    return answer_as_provider(visit=visit, notice=notice.pk, said=said, way=Answer.Way.DOOR, at=at)


def fresh(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def test_the_link_opens_the_notice_with_its_address_and_the_reading_is_kept(notice, visit, now):
    found, shown = open_notice(visit=visit, notice=notice.pk, at=now)
    assert found == notice
    assert shown.url == "http://pages.harbour-host.test/album/7"
    assert shown.xarf is not None
    assert shown.xarf["report_id"] == str(notice.pk)
    entry = Entry.objects.get(verb="notices.read_at_door")
    assert entry.actor == f"contact:{notice.contact_id}"


def test_the_door_reads_without_the_desks_key_and_only_with_the_secret(
    settings, notice, visit, now
):
    settings.DESK_PRIVATE_KEY = ""
    assert open_notice(visit=visit, notice=notice.pk, at=now)[1].url
    copy = Copy.objects.get()
    stored = bytes(copy.document) + bytes(copy.wrapped) + bytes(visit.reader.secret)
    assert b"album" not in stored
    assert visit.secret.encode() not in stored


def test_the_next_letter_holds_the_same_link_until_half_its_days_are_over(
    notice, visit, inbox, now
):
    sweep(now + DAY)
    assert secret_of(inbox) == visit.secret
    assert Reader.objects.count() == 1
    Reader.objects.update(expires_at=now + 10 * DAY)
    sweep(now + 2 * DAY)
    assert secret_of(inbox) != visit.secret


def test_it_sees_only_its_own(visit, others, now):
    with pytest.raises(NotTheirs):
        open_notice(visit=visit, notice=others.pk, at=now)
    with pytest.raises(NotTheirs):
        say(visit, others, "removed", now)
    with pytest.raises(NotTheirs):
        open_notice(visit=visit, notice=uuid.uuid4(), at=now)
    assert not Answer.objects.exists()


def test_lawyers_see_what_was_escalated_to_them_and_nothing_else(
    notice, inbox, host, ana, ben, ada, now
):
    add_lawyers(host, ada=ada, at=now)
    sweep(now + 72 * HOUR)
    make_sent("http://b.harbour-host.test/x", ana=ana, ben=ben, at=now + 73 * HOUR)
    lawyers = enter(secret=secret_of(inbox, LAWYERS), at=now + 73 * HOUR)
    assert list(Notice.objects.told_to(lawyers.reader)) == [notice]
    assert open_notice(visit=lawyers, notice=notice.pk, at=now + 73 * HOUR)[1].url


def test_a_link_that_is_over_unknown_or_revoked_opens_nothing(notice, visit, ana, now):
    with pytest.raises(LinkRefused):
        enter(secret=visit.secret, at=now + 30 * DAY)
    with pytest.raises(LinkRefused):
        enter(secret="A" * 43, at=now)
    assert revoke_links(contact=notice.contact, by=ana, at=now) == 1
    assert revoke_links(contact=notice.contact, by=ana, at=now) == 0
    with pytest.raises(LinkRefused):
        enter(secret=visit.secret, at=now)


def test_who_may_not_send_notices_may_not_revoke_links(notice, visit, stella, now):
    with pytest.raises(NotAllowed):
        revoke_links(contact=notice.contact, by=stella, at=now)


def test_the_link_of_a_contact_that_was_corrected_opens_nothing(notice, visit, ada, now):
    supersede_contact(
        contact=notice.contact,
        value="new@harbour-host.test",
        source="their letter",
        verified_on=now.date(),
        by=ada,
        at=now,
    )
    with pytest.raises(LinkRefused):
        enter(secret=visit.secret, at=now)


def test_copies_end_with_the_link_and_with_the_content(notice, visit, now):
    assert forget_copies(holder="w1", at=now) == 0
    for hours in range(3):
        check_availability(
            holder="w1",
            at=now + hours * HOUR,
            probe=lambda url, **_: Observation(url, Verdict.ABSENT, "http_404", ()),
        )
    assert forget_copies(holder="w1", at=now + 3 * HOUR) == 1
    assert not Copy.objects.exists()
    assert seal_copies(holder="w1", at=now + 3 * HOUR) == 0
    assert open_notice(visit=visit, notice=notice.pk, at=now + 3 * HOUR)[1].url == ""


def test_copies_end_with_the_case(notice, visit, now):
    assert notice.copies.count() == 1
    end_looks(notice=notice, at=now)
    assert not Copy.objects.exists()
    assert open_notice(visit=visit, notice=notice.pk, at=now)[1].url == ""


def test_an_exercise_is_nobodys_outside(notice, visit, now):
    real = notice.case
    practice = Case.objects.create(
        subject=real.subject, kind=real.kind, track=real.track, level=real.level,
        state=real.state, outcome=real.outcome, exercise=True, opened_at=now, review_due_at=now,
        closed_at=now,
    )  # fmt: skip
    told = Notice.objects.create(
        case=practice, host=notice.host, contact=notice.contact, state=Notice.State.SENT,
        queued_at=now, sent_at=now, clocks_from=now,
    )  # fmt: skip
    letter = notice.deliveries.get().letter
    Delivery.objects.create(
        notice=told, kind="first", number=1, letter=letter, contact=notice.contact, queued_at=now
    )
    assert list(Notice.objects.told_to(visit.reader)) == [notice]
    with pytest.raises(NotTheirs):
        open_notice(visit=visit, notice=told.pk, at=now)
    assert link_for(contact=notice.contact, notices=[told], at=now) is None


def test_it_acknowledges(notice, visit, now):
    answer = say(visit, notice, "acknowledged", now)
    assert (answer.contact, answer.by, answer.way) == (notice.contact, None, "door")
    assert answer.source == "Harbour Hosting"
    assert fresh(notice).state == Notice.State.ACKNOWLEDGED


def test_removed_brings_a_look_forward_and_closes_nothing(notice, visit, now):
    check_availability(
        holder="w1",
        at=now,
        probe=lambda url, **_: Observation(url, Verdict.PRESENT, "http_200", ()),
    )
    say(visit, notice, "removed", now + timedelta(minutes=1))
    assert fresh(notice).watch.due_at == now + timedelta(minutes=1)
    assert fresh(notice).state == Notice.State.ACKNOWLEDGED


def test_moved_names_the_new_address_which_is_sealed(notice, visit, now):
    answer = say(visit, notice, "moved", now, place=NEW)
    assert fresh(notice).state == Notice.State.MOVED
    assert answer.place.startswith("words:")
    assert words_of(answer.place) == NEW


def test_the_desk_finds_the_new_address_in_its_form_and_beside_the_answer(notice, visit, ana, now):
    say(visit, notice, "moved", now, place=NEW)
    page = signed_in(ana).get(reverse("notice", args=[notice.pk])).content.decode()
    assert "hxxp://pages[.]harbour-host[.]test/moved/8" in page
    assert f">{NEW}</textarea>" in page or f'value="{NEW}"' in page
    assert "Said at the providers" in page


def test_refused_says_why_and_is_followed(notice, visit, now):
    say(visit, notice, "refused", now, refusal="content_disputed")
    assert fresh(notice).waits_for == Notice.Waits.SECOND_LOOK


def test_the_wrong_recipient_is_asked_no_more_and_sees_it_no_more(notice, visit, now):
    say(visit, notice, "wrong_recipient", now)
    assert fresh(notice).needs_host
    with pytest.raises(NotTheirs):
        say(visit, notice, "wrong_recipient", now)


def test_the_word_of_a_network_is_not_the_hosts(notice, inbox, host, ada, now):
    add_lawyers(host, ada=ada, at=now)
    carrier = make_organisation(by=ada, at=now, name="Carrier", kind="regulator", country="XS")
    make_contact(carrier, by=ada, at=now, value="abuse@carrier.test")
    sweep(now + 72 * HOUR)
    visit = enter(secret=secret_of(inbox, "abuse@carrier.test"), at=now + 72 * HOUR)
    say(visit, notice, "wrong_recipient", now + 72 * HOUR)
    assert fresh(notice).host == host
    assert fresh(notice).acknowledged_at is None


@pytest.mark.parametrize("scope", ["site_owner", "network", "registrar"])
def test_who_is_listed_beside_the_host_does_not_answer_for_it(
    settings, notice, inbox, host, ada, now, scope
):
    set_ladder(settings, (scope, 0))
    make_contact(host, by=ada, at=now, scope=scope, value="desk@beside.test")
    later = now + 72 * HOUR
    sweep(later)
    visit = enter(secret=secret_of(inbox, "desk@beside.test"), at=later)
    say(visit, notice, "wrong_recipient", later)
    say(visit, notice, "moved", later, place=NEW)
    say(visit, notice, "refused", later, refusal="other")
    after = fresh(notice)
    assert (after.host, after.state) == (host, Notice.State.ESCALATED)
    assert (after.acknowledged_at, after.waits_for) == (None, "")


def test_whoever_is_told_next_sees_nothing_before_its_letter_went(
    settings, notice, inbox, host, ada, now
):
    set_ladder(settings, ("network", 0))
    make_contact(host, by=ada, at=now, scope="network", value="desk@carrier.test")
    later = now + 72 * HOUR
    write_letters(holder="w1", at=later)
    hold_notice(case=notice.case, until=later + DAY, at=later, actor=Actor.worker())
    sweep(later)
    reader = Reader.objects.get(contact__scope="network")
    assert not Notice.objects.told_to(reader).exists()
    assert not Copy.objects.filter(reader=reader).exists()
    sweep(later + DAY)
    assert list(Notice.objects.told_to(reader)) == [notice]


def test_nothing_is_sealed_for_anybody_while_police_hold_the_case_back(notice, now):
    Copy.objects.all().delete()
    hold_notice(case=notice.case, until=now + DAY, at=now, actor=Actor.worker())
    assert seal_copies(holder="w1", at=now + HOUR) == 0
    assert seal_copies(holder="w1", at=now + DAY) == 1


def test_nothing_is_sealed_of_a_case_that_every_reporter_left(notice, now):
    Copy.objects.all().delete()
    Withdrawal.objects.create(case=notice.case, since=now)
    assert seal_copies(holder="w1", at=now) == 0


def test_the_link_of_an_organisation_that_was_retired_opens_nothing(notice, visit, host, ada, now):
    retire(organisation=host, reason="They closed.", by=ada, at=now)
    with pytest.raises(LinkRefused):
        enter(secret=visit.secret, at=now)
    assert forget_copies(holder="w1", at=now) == 1


@pytest.mark.parametrize("revoked", [True, False])
def test_the_secret_of_a_link_ends_with_the_link(notice, visit, ana, now, revoked):
    assert forget_links(holder="w1", at=now) == 0
    over = now if revoked else now + 30 * DAY
    if revoked:
        revoke_links(contact=notice.contact, by=ana, at=now)
    assert forget_links(holder="w1", at=over) == 1
    assert forget_links(holder="w1", at=over) == 0
    assert Reader.objects.get().ended


@pytest.mark.parametrize(
    ("code", "more", "refusal"),
    [
        ("nonsense", {}, UnknownAnswer),
        ("refused", {}, GroundNeeded),
        ("refused", {"refusal": "nonsense"}, UnknownRefusal),
        ("moved", {}, PlaceNeeded),
        ("moved", {"place": "nowhere at all"}, PlaceRefused),
        ("removed", {"note": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg"}, FileContentRefused),
    ],
)
def test_an_answer_that_is_not_whole_is_refused(notice, visit, now, code, more, refusal):
    with pytest.raises(refusal):
        say(visit, notice, code, now, **more)
    assert not Answer.objects.exists()


def test_the_same_answer_twice_is_one(notice, visit, now):
    say(visit, notice, "refused", now, refusal="other")
    with pytest.raises(AlreadySaid):
        say(visit, notice, "refused", now + HOUR, refusal="other")
    say(visit, notice, "removed", now + HOUR)
    assert Answer.objects.count() == 2


def test_what_is_over_needs_no_answer(notice, visit, now):
    Notice.objects.update(state=Notice.State.REMOVED, removed_at=now)
    with pytest.raises(NotOpen):
        say(visit, notice, "removed", now)
