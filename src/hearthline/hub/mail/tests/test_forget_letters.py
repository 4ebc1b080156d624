# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from hearthline.hub.mail.models import READABLE_FOR, Letter
from hearthline.hub.mail.sweeps import forget_letters, send_letters
from hearthline.hub.mail.tests.make import Inbox, mail_server, make_letter
from hearthline.hub.sealing.actions import KeyDestroyed, open_as_desk

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_thirty_days_after_sending_nobody_can_read_the_letter(settings, now):
    letter = make_letter(at=now)
    with mail_server(settings, Inbox()):
        send_letters(holder="w1", at=now)
    assert forget_letters(holder="w1", at=now + READABLE_FOR - MINUTE) == 0
    assert forget_letters(holder="w1", at=now + READABLE_FOR) == 1
    assert forget_letters(holder="w1", at=now + READABLE_FOR) == 0
    kept = Letter.objects.get(pk=letter.pk)
    assert kept.sent_at == now
    with pytest.raises(KeyDestroyed):
        open_as_desk(kept.data_key)


def test_a_letter_given_up_is_forgotten_as_well(settings, now):
    make_letter(at=now)
    with mail_server(settings, Inbox(answer_rcpt="550 No")):
        send_letters(holder="w1", at=now)
    assert forget_letters(holder="w1", at=now + READABLE_FOR) == 1


def test_a_letter_still_waiting_is_kept_however_old(now):
    make_letter(at=now)
    assert forget_letters(holder="w1", at=now + 10 * READABLE_FOR) == 0
