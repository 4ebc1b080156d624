# SPDX-License-Identifier: Apache-2.0
"""Whoever holds a police unit's key, or acts for it, reads what is handed over: it takes two."""

from importlib import import_module

import pyrage
import pytest
from django.apps import apps
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed, Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.audit.models import Entry
from hearthline.hub.directory.actions import (
    NoLongerCurrent,
    NothingWaits,
    NotPolice,
    OwnMembership,
    ReasonMissing,
    SamePerson,
    confirm_age_recipient,
    confirm_member,
    join,
    part,
    refuse_age_recipient,
    retire,
    set_age_recipient,
)
from hearthline.hub.directory.models import Membership, fingerprint, units_of
from hearthline.hub.directory.tests.make import make_organisation, make_unit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("hearthline.hub.config.urls.desk")]


def new_key() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


OLD, NEW = new_key(), new_key()


@pytest.fixture
def unit(ada, now):
    """A unit with a key, and another key that Ada entered."""
    one = make_unit(by=ada, at=now)
    set_age_recipient(organisation=one, recipient=OLD, by=None, at=now)
    return set_age_recipient(organisation=one, recipient=NEW, by=ada, at=now)


@pytest.fixture
def member(unit, paulo, ada, now) -> Membership:
    """Paulo, whom Ada added."""
    return join(user=paulo, organisation=unit, by=ada, at=now)


def text(response) -> str:
    return response.content.decode()


# ----------------------------------------------------------------------
# A unit's key


def test_a_key_waits_until_a_second_person_confirms_it(unit, ada, mara, now) -> None:
    unit.refresh_from_db()
    assert (unit.age_recipient, unit.next_recipient, unit.next_recipient_by) == (OLD, NEW, ada)
    confirm_age_recipient(organisation=unit, recipient=NEW, by=mara, at=now)
    unit.refresh_from_db()
    assert (unit.age_recipient, unit.next_recipient, unit.next_recipient_by) == (NEW, "", None)
    asked = Entry.objects.get(verb="directory.ask_age_recipient")
    set_ = Entry.objects.filter(verb="directory.set_age_recipient").latest("id")
    assert (asked.actor, set_.actor) == (str(ada.actor), str(mara.actor))
    assert NEW in asked.detail
    assert NEW in set_.detail
    assert str(ada.pk) in set_.detail


def test_a_first_key_waits_too(ada, now) -> None:
    one = make_unit(by=ada, at=now)
    assert set_age_recipient(organisation=one, recipient=NEW, by=ada, at=now).age_recipient == ""


def test_the_consoles_word_is_enough_for_a_key(ada, now) -> None:
    one = make_unit(by=ada, at=now)
    assert set_age_recipient(organisation=one, recipient=NEW, by=None, at=now).age_recipient == NEW
    entry = Entry.objects.get(verb="directory.set_age_recipient")
    assert entry.actor == "operator:console"


def test_who_entered_a_key_does_not_confirm_it(unit, ada, now) -> None:
    with pytest.raises(SamePerson):
        confirm_age_recipient(organisation=unit, recipient=NEW, by=ada, at=now)
    unit.refresh_from_db()
    assert unit.age_recipient == OLD


def test_entering_the_same_key_does_not_make_another_the_first(unit, mara, ada, now) -> None:
    set_age_recipient(organisation=unit, recipient=NEW, by=mara, at=now)
    with pytest.raises(SamePerson):
        confirm_age_recipient(organisation=unit, recipient=NEW, by=ada, at=now)
    confirm_age_recipient(organisation=unit, recipient=NEW, by=mara, at=now)


@pytest.mark.parametrize("who", ["ana", "paulo", "omar"])
def test_others_neither_confirm_nor_refuse_a_key(who, unit, request, now) -> None:
    one = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        confirm_age_recipient(organisation=unit, recipient=NEW, by=one, at=now)
    with pytest.raises(NotAllowed):
        refuse_age_recipient(organisation=unit, reason="x", by=one, at=now)


def test_a_key_is_confirmed_once(unit, mara, now) -> None:
    confirm_age_recipient(organisation=unit, recipient=NEW, by=mara, at=now)
    with pytest.raises(NothingWaits):
        confirm_age_recipient(organisation=unit, recipient=NEW, by=mara, at=now)


def test_a_key_that_took_the_place_of_the_one_looked_at_is_not_confirmed(
    unit, ada, mara, now
) -> None:
    set_age_recipient(organisation=unit, recipient=new_key(), by=ada, at=now)
    with pytest.raises(NothingWaits):
        confirm_age_recipient(organisation=unit, recipient=NEW, by=mara, at=now)


@pytest.mark.parametrize("back_to", [OLD, ""])
def test_taking_a_key_away_or_staying_with_the_old_one_needs_one_person(
    back_to, unit, mara, ada, now
) -> None:
    set_age_recipient(organisation=unit, recipient=back_to, by=mara, at=now)
    unit.refresh_from_db()
    assert (unit.age_recipient, unit.next_recipient) == (back_to, "")
    with pytest.raises(NothingWaits):
        confirm_age_recipient(organisation=unit, recipient=NEW, by=mara, at=now)


def test_nothing_is_confirmed_for_a_unit_that_was_retired(unit, member, mara, now) -> None:
    retire(organisation=unit, reason="closed", by=mara, at=now)
    with pytest.raises(NoLongerCurrent):
        confirm_age_recipient(organisation=unit, recipient=NEW, by=mara, at=now)
    with pytest.raises(NoLongerCurrent):
        confirm_member(membership=member, by=mara, at=now)


def test_a_key_is_refused_with_a_reason_and_the_old_one_stays(unit, mara, now) -> None:
    with pytest.raises(ReasonMissing):
        refuse_age_recipient(organisation=unit, reason=" ", by=mara, at=now)
    refuse_age_recipient(organisation=unit, reason="not theirs", by=mara, at=now)
    unit.refresh_from_db()
    assert (unit.age_recipient, unit.next_recipient) == (OLD, "")
    entry = Entry.objects.get(verb="directory.refuse_age_recipient")
    assert (entry.reason, NEW in entry.detail) == ("not theirs", True)
    with pytest.raises(NothingWaits):
        refuse_age_recipient(organisation=unit, reason="again", by=mara, at=now)


def test_fingerprints_are_read_out_in_groups_of_four() -> None:
    groups = fingerprint(OLD).split(" ")
    assert len(groups) == 8
    assert all(len(group) == 4 for group in groups)
    assert fingerprint(OLD) != fingerprint(NEW)
    assert fingerprint("") == ""


# ----------------------------------------------------------------------
# A unit's members


def test_a_member_acts_for_the_unit_once_a_second_person_confirms_it(
    unit, member, paulo, mara, ada, now
) -> None:
    assert not units_of(paulo).exists()
    confirm_member(membership=member, by=mara, at=now)
    assert list(units_of(paulo)) == [unit]
    entry = Entry.objects.get(verb="directory.confirm_member")
    assert (entry.actor, entry.object_id) == (str(mara.actor), str(unit.pk))
    assert str(ada.pk) in entry.detail


def test_members_from_before_stay_members(unit, member, paulo) -> None:
    import_module("hearthline.hub.directory.migrations.0005_confirm_members").confirm(apps, None)
    assert list(units_of(paulo)) == [unit]


def test_the_consoles_word_is_enough_for_a_member(unit, paulo, now) -> None:
    join(user=paulo, organisation=unit, by=None, at=now)
    assert list(units_of(paulo)) == [unit]


def test_the_first_of_two_and_the_member_confirm_nobody(unit, member, ada, now) -> None:
    with pytest.raises(SamePerson):
        confirm_member(membership=member, by=ada, at=now)
    both = make_user("Pam", Role.POLICE_LIAISON, Role.ADMINISTRATOR)
    own = join(user=both, organisation=unit, by=ada, at=now)
    with pytest.raises(OwnMembership):
        confirm_member(membership=own, by=both, at=now)


def test_adding_a_member_again_makes_nobody_the_second(unit, member, paulo, mara, ada, now) -> None:
    join(user=paulo, organisation=unit, by=mara, at=now)
    assert not units_of(paulo).exists()
    with pytest.raises(SamePerson):
        confirm_member(membership=member, by=ada, at=now)


@pytest.mark.parametrize("who", ["ana", "paulo", "omar"])
def test_others_confirm_no_member(who, member, request, now) -> None:
    with pytest.raises(NotAllowed):
        confirm_member(membership=member, by=request.getfixturevalue(who), at=now)


def test_a_member_is_confirmed_once_and_not_after_the_end(member, mara, ada, now) -> None:
    confirm_member(membership=member, by=mara, at=now)
    with pytest.raises(NothingWaits):
        confirm_member(membership=member, by=mara, at=now)
    gone = Membership(pk=member.pk, user=member.user, organisation=member.organisation)
    part(membership=member, reason="moved on", by=ada, at=now)
    with pytest.raises(NothingWaits):
        confirm_member(membership=gone, by=mara, at=now)


# ----------------------------------------------------------------------
# Pages


def test_the_directory_and_the_units_page_say_what_waits(unit, member, mara, ada) -> None:
    browser = signed_in(mara)
    assert "Waits for a second person" in text(browser.get(reverse("directory")))
    page = text(browser.get(reverse("organisation", args=[unit.pk])))
    confirming = (
        reverse("organisation_key_confirm", args=[unit.pk]),
        reverse("member_confirm", args=[member.pk]),
    )
    for shown in (OLD, NEW, fingerprint(OLD), fingerprint(NEW), "entered by Ada", *confirming):
        assert shown in page, shown
    page = text(signed_in(ada).get(reverse("organisation", args=[unit.pk])))
    assert not any(link in page for link in confirming)


def test_a_manager_confirms_the_key_they_looked_at(unit, mara) -> None:
    browser, url = signed_in(mara), reverse("organisation_key_confirm", args=[unit.pk])
    page = text(browser.get(url))
    for shown in (fingerprint(OLD), fingerprint(NEW), f'value="{NEW}"'):
        assert shown in page
    assert browser.post(url, {"recipient": ""}).status_code == 422
    assert browser.post(url, {"recipient": NEW}).status_code == 302
    unit.refresh_from_db()
    assert unit.age_recipient == NEW
    assert "does not wait any more" in text(browser.post(url, {"recipient": NEW}))


def test_a_manager_refuses_a_key_on_a_page(unit, mara) -> None:
    url = reverse("organisation_key_refuse", args=[unit.pk])
    assert signed_in(mara).post(url, {"reason": "not theirs"}).status_code == 302
    unit.refresh_from_db()
    assert (unit.age_recipient, unit.next_recipient) == (OLD, "")


def test_a_manager_confirms_a_member_on_a_page(unit, member, paulo, mara) -> None:
    browser, url = signed_in(mara), reverse("member_confirm", args=[member.pk])
    assert "Paulo" in text(browser.get(url))
    assert browser.post(url).status_code == 302
    assert list(units_of(paulo)) == [unit]
    assert "confirmed by Mara" in text(browser.get(reverse("organisation", args=[unit.pk])))
    assert "waits for nobody any more" in text(browser.post(url))


def test_the_first_is_told_on_the_page_to_ask_a_colleague(unit, member, paulo, ada) -> None:
    browser = signed_in(ada)
    answer = browser.post(reverse("organisation_key_confirm", args=[unit.pk]), {"recipient": NEW})
    assert answer.status_code == 422
    assert "Ask a colleague to be the second" in text(answer)
    answer = browser.post(reverse("member_confirm", args=[member.pk]))
    assert "Ask a colleague to be the second" in text(answer)
    assert not units_of(paulo).exists()


def test_each_of_these_pages_asks_for_a_fresh_proof(unit, member, mara) -> None:
    browser = signed_in(mara, proved=60)
    for name, pk in (
        ("organisation_key_confirm", unit.pk),
        ("organisation_key_refuse", unit.pk),
        ("member_confirm", member.pk),
    ):
        answer = browser.post(reverse(name, args=[pk]), {"recipient": NEW, "reason": "x"})
        assert answer.status_code == 403
    unit.refresh_from_db()
    assert (unit.age_recipient, unit.next_recipient) == (OLD, NEW)


@pytest.mark.parametrize("kind", ["hotline", "police"])
def test_a_partner_hotline_has_a_key_by_two_people_as_a_unit_has(kind, mara, ada, now) -> None:
    partner = make_organisation(by=mara, at=now, name="Northland", kind=kind, country="XN")
    recipient = new_key()
    set_age_recipient(organisation=partner, recipient=recipient, by=mara, at=now)
    partner.refresh_from_db()
    assert (partner.age_recipient, partner.next_recipient) == ("", recipient)
    confirm_age_recipient(organisation=partner, recipient=recipient, by=ada, at=now)
    partner.refresh_from_db()
    assert partner.age_recipient == recipient


def test_a_host_has_no_key(mara, now) -> None:
    host = make_organisation(by=mara, at=now)
    with pytest.raises(NotPolice, match="partner hotline"):
        set_age_recipient(organisation=host, recipient=new_key(), by=mara, at=now)
