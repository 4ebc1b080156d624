# SPDX-License-Identifier: Apache-2.0
import hashlib
from datetime import timedelta

import pytest

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.actions.adult import agree_on_adult, find_adult
from hearthline.hub.directory.actions import retire, set_age_recipient
from hearthline.hub.directory.tests.make import make_organisation
from hearthline.hub.evidence.models import CustodyEvent
from hearthline.hub.evidence.tests.make import make_capture
from hearthline.hub.mail.models import Letter
from hearthline.hub.mail.sweeps import send_letters
from hearthline.hub.mail.tests.make import Inbox, mail_server
from hearthline.hub.referrals.actions import (
    AlreadySent,
    ChildFirst,
    NoMailContact,
    NoRecipientKey,
    NotConfirmed,
    NotPoliceUnit,
    prepare,
    send_again,
)
from hearthline.hub.referrals.models import Referral, cases_awaiting_referral
from hearthline.hub.referrals.tests.make import (
    ADDRESS,
    CONTACT,
    MAILBOX,
    make_confirmed,
    make_keyed_unit,
    make_referral,
    opened,
)
from hearthline.kit.formats import FormatRefused
from hearthline.kit.formats.package import open_package

pytestmark = pytest.mark.django_db


def rows(package, section):
    (found,) = [one for one in package.sections if one.code == section]
    return {row.code: row.value for row in found.rows}


def test_a_package_holds_what_police_need_to_act(case, unit, now):
    package = opened(bytes(make_referral(case, unit, at=now).package))
    assert package.reference == case.reference
    assert package.recipient == unit.name
    assert rows(package, "subject")["address"] == ADDRESS
    finding = rows(package, "finding")
    assert finding["outcome"] == "Illegal by the international baseline"
    assert finding["legal_basis"].endswith("Children Act of Solmere, section 12 (invented)")
    assert finding["age_band"] == "9 to 12"
    assert finding["confirmed_at"] == "2026-10-05T09:00:00Z"
    reports = rows(package, "reports")
    assert reports["count"] == "1"
    assert reports["received_1"] == "2026-10-05T09:00:00Z"
    assert reports["fact_child_identifiable"]


def test_a_package_never_says_who_reported(case, unit, now):
    package = opened(bytes(make_referral(case, unit, at=now).package))
    inside = package.to_bytes().decode("utf-8", "replace")
    assert CONTACT not in inside
    assert "I saw this on a page" not in inside
    assert rows(package, "not_included")["reporter"].startswith("Not included.")


def test_exhibits_go_with_their_record_and_their_custody(ana, ben, unit, now):
    case = make_confirmed(ana=ana, ben=ben, at=now)
    cases.claim(case=case, by=ana, at=now)
    attached = cases.seal_exhibit(
        case=case, capture=make_capture(), captured_at=now, time_source="analyst", by=ana, at=now
    )
    exhibit = attached.exhibit
    package = opened(bytes(make_referral(case, unit, at=now).package))
    exhibit_rows = rows(package, "exhibit_1")
    assert exhibit_rows["record_sha256"] == bytes(exhibit.sha256).hex()
    assert exhibit_rows["ips"] == "192.0.2.7"
    assert "Sealed" in exhibit_rows["custody_1"]
    assert "Handed over" in exhibit_rows["custody_2"]
    handed = exhibit.custody.get(what=CustodyEvent.What.HANDED_OVER)
    assert (handed.who, handed.why) == ("worker:worker", unit.name)


def test_an_exhibit_that_was_altered_is_told_and_does_not_hold_up_the_rest(ana, ben, unit, now):
    case = make_confirmed(ana=ana, ben=ben, at=now)
    cases.claim(case=case, by=ana, at=now)
    attached = cases.seal_exhibit(
        case=case, capture=make_capture(), captured_at=now, time_source="analyst", by=ana, at=now
    )
    attached.exhibit.sha256 = bytes(32)
    attached.exhibit.save()
    package = opened(bytes(make_referral(case, unit, at=now).package))
    assert "Not as it was sealed" in rows(package, "exhibit_1")["record"]
    assert rows(package, "subject")["address"] == ADDRESS


def test_only_the_unit_can_open_it(case, unit, now):
    referral = make_referral(case, unit, at=now)
    sealed = bytes(referral.package)
    assert bytes(referral.package_sha256) == hashlib.sha256(sealed).digest()
    assert ADDRESS.encode() not in sealed
    other = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQS4EXJAT"
    with pytest.raises(FormatRefused):
        open_package(sealed, other)


def test_prepared_twice_is_one_package(case, unit, now):
    assert make_referral(case, unit, at=now) == make_referral(case, unit, at=now)
    assert Entry.objects.filter(verb="referrals.prepare").count() == 1


def test_the_police_clock_runs_from_confirmation(ana, ben, unit, now):
    case = make_confirmed(ana=ana, ben=ben, at=now)
    referral = make_referral(case, unit, at=now + timedelta(hours=2))
    assert referral.police_due_at == now + timedelta(hours=12)
    assert list(Referral.objects.breached(now + timedelta(hours=12, minutes=1))) == [referral]
    assert not Referral.objects.breached(now + timedelta(hours=12)).exists()


def test_the_letter_is_neutral_and_carries_the_sealed_package(settings, case, unit, now):
    referral = make_referral(case, unit, at=now, channel="mail")
    with mail_server(settings, Inbox()) as inbox:
        assert send_letters(holder="w1", at=now) == 1
    (mail,) = inbox.to(MAILBOX)
    text = mail.get_body().get_content()
    for secret in (ADDRESS, "harbour", "abuse", "child", "illegal"):
        assert secret not in text.lower()
        assert secret not in mail["Subject"].lower()
    assert settings.PARTNERS_URL in text
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content_type() == "application/octet-stream"
    assert attachment.get_filename() == f"package-{case.reference}.age"
    assert attachment.get_content() == bytes(referral.package)
    assert opened(attachment.get_content()).reference == case.reference


def test_nobody_hands_a_child_first_case_to_police_alone(ana, ben, unit, now):
    case = make_confirmed(ana=ana, ben=ben, at=now, outcome="national", self_generated=True)
    for by in (ana, ben, None):
        with pytest.raises(ChildFirst):
            prepare(case=case, unit=unit, channel="door", by=by, at=now)
    find_adult(case=case, reason="An adult asked for it.", by=ana, at=now)
    with pytest.raises(ChildFirst):
        prepare(case=case, unit=unit, channel="door", by=ana, at=now)


def test_after_two_people_found_an_adult_it_may_go(ana, ben, unit, now):
    case = make_confirmed(ana=ana, ben=ben, at=now, outcome="national", self_generated=True)
    find_adult(case=case, reason="An adult asked for it.", by=ana, at=now)
    agree_on_adult(case=case, by=ben, at=now)
    assert case in cases_awaiting_referral()
    referral = prepare(case=case, unit=unit, channel="door", by=ana, at=now)
    (entry,) = Entry.objects.filter(verb="referrals.prepare")
    assert entry.actor == f"staff:{ana.pk}"
    assert referral.unit == unit


def test_somebody_without_the_permission_is_refused(case, unit, mara, now):
    with pytest.raises(NotAllowed):
        prepare(case=case, unit=unit, channel="door", by=mara, at=now)


def test_a_case_that_is_not_confirmed_is_refused(case, unit, now):
    case.state = case.State.IN_ASSESSMENT
    case.save()
    with pytest.raises(NotConfirmed):
        make_referral(case, unit, at=now)


def test_a_unit_without_a_key_is_refused_and_nothing_goes_in_clear(case, unit, ada, now):
    set_age_recipient(organisation=unit, recipient="", by=ada, at=now)
    unit.refresh_from_db()
    with pytest.raises(NoRecipientKey):
        make_referral(case, unit, at=now, channel="mail")
    assert not Referral.objects.exists()
    assert not Letter.objects.exists()


def test_a_unit_without_a_mailbox_is_refused_by_mail(case, ada, now):
    unit = make_keyed_unit(ada=ada, at=now, mailbox="")
    with pytest.raises(NoMailContact):
        make_referral(case, unit, at=now, channel="mail")
    assert make_referral(case, unit, at=now, channel="door").letter is None


def test_packages_are_for_police_in_service(case, unit, ada, now):
    host = make_organisation(by=ada, at=now)
    with pytest.raises(NotPoliceUnit):
        make_referral(case, host, at=now)
    retired = retire(organisation=unit, reason="merged", by=ada, at=now)
    with pytest.raises(NotPoliceUnit):
        make_referral(case, retired, at=now)


def test_a_letter_given_up_is_posted_again_to_the_corrected_address(settings, case, unit, ana, now):
    referral = make_referral(case, unit, at=now, channel="mail")
    with mail_server(settings, Inbox(answer_rcpt="550 No such mailbox")):
        send_letters(holder="w1", at=now)
    contact = unit.contacts.get()
    contact.value = "new-desk@quay-police.test"
    contact.save()
    again = send_again(referral=referral, by=ana, at=now)
    assert again.letter.recipient == "new-desk@quay-police.test"
    assert again.letter.message_id != referral.letter.message_id
    with mail_server(settings, Inbox()) as inbox:
        assert send_letters(holder="w1", at=now) == 1
    assert inbox.to("new-desk@quay-police.test")


def test_a_letter_on_its_way_is_not_posted_again(case, unit, ana, mara, now):
    referral = make_referral(case, unit, at=now, channel="mail")
    with pytest.raises(AlreadySent):
        send_again(referral=referral, by=ana, at=now)
    with pytest.raises(NotAllowed):
        send_again(referral=referral, by=mara, at=now)
