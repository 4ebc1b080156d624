# SPDX-License-Identifier: Apache-2.0
"""Letters in the reader's language, whichever the public site offers."""

from datetime import timedelta

import pytest

from hearthline.hub.directory.actions import set_ways
from hearthline.hub.notices.actions.wording import LRI, PDI, language_of
from hearthline.hub.notices.tests.conftest import ADDRESS
from hearthline.hub.notices.tests.make import MAILBOX, make_cleared, make_host, make_sent, sweep
from hearthline.kit.formats import feedback

pytestmark = pytest.mark.django_db

PLACE = "hxxp://pages[.]harbour-host[.]test/album/7"


@pytest.fixture
def speaks(host, ada, now):
    def write_in(language: str):
        return set_ways(
            contact=host.contacts.get(), language=language, hours="", timezone="", by=ada, at=now
        )

    return write_in


def sent(inbox):
    return [feedback.parse(mail) for mail in inbox.to(MAILBOX)]


def test_subject_and_words_are_in_the_contacts_language(inbox, speaks, ana, ben, now):
    speaks("zh-hans")
    notice = make_sent(ADDRESS, ana=ana, ben=ben, at=now)
    (letter,) = sent(inbox)
    assert letter.headers["Subject"] == f"通知 {notice.reference}：请在 24 小时内查阅"
    assert "感谢" in letter.plain_text
    assert PLACE in letter.plain_text
    assert LRI not in letter.plain_text
    assert letter.xarf["url"] == ADDRESS


def test_where_the_letter_runs_from_right_to_left_addresses_are_isolated(
    inbox, speaks, ana, ben, now
):
    speaks("ar")
    notice = make_sent(ADDRESS, ana=ana, ben=ben, at=now)
    (letter,) = sent(inbox)
    assert f"{LRI}{PLACE}{PDI}" in letter.plain_text
    assert f"{LRI}{notice.reference}{PDI}" in letter.plain_text
    assert LRI not in letter.headers["Subject"]
    assert LRI not in str(letter.xarf)


def test_a_reminder_has_its_day_in_the_language_and_by_their_clock(inbox, host, ana, ben, ada, now):
    contact = host.contacts.get()
    set_ways(contact=contact, language="fr", hours="", timezone="Asia/Tokyo", by=ada, at=now)
    late = now + timedelta(hours=8)  # Monday five in the afternoon: Tuesday in Tokyo
    make_sent(ADDRESS, ana=ana, ben=ben, at=late)
    sweep(late + timedelta(hours=24))
    reminder = sent(inbox)[-1]
    assert "6 octobre 2026" in reminder.plain_text


@pytest.mark.parametrize(
    ("contact", "theirs", "found"),
    [
        ("es", [], "es"),
        ("", ["tlh", "ru"], "ru"),
        ("es-MX", [], "es"),
        ("zh", [], "zh-hans"),
        ("zh-TW", [], "zh-hans"),
        ("FR_ca", [], "fr"),
        ("tlh", ["xx"], "en"),
        ("", [], "en"),
    ],
)
def test_which_language(ada, now, contact, theirs, found):
    host = make_host(ada=ada, at=now, languages=theirs)
    mailbox = host.contacts.get()
    mailbox.language = contact
    assert language_of(mailbox, host) == found


def test_a_language_the_public_site_does_not_offer_is_written_all_the_same(
    settings, inbox, speaks, ana, ben, now
):
    settings.LANGUAGES = [("en", "English")]
    speaks("zh-hans")
    make_sent(ADDRESS, ana=ana, ben=ben, at=now)
    (letter,) = sent(inbox)
    assert "感谢" in letter.plain_text


def test_hosts_are_grouped_by_contact_so_each_reads_its_own_language(inbox, speaks, ana, ben, now):
    speaks("zh-hans")
    for number in (1, 2):
        address = f"http://pages.harbour-host.test/{number}"
        make_cleared(address, ana=ana, ben=ben, at=now)
    sweep(now)
    (mail,) = inbox.mails
    assert "感谢" in next(mail.iter_parts()).get_content()
