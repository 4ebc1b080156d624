# SPDX-License-Identifier: Apache-2.0
"""Somebody has the database, and some of the keys: what they can read of it."""

import pytest
from django.conf import settings as of_this_run

from hearthline.hub.cases.actions import read_case, write_to_reporter
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import ADDRESS, confirmed, make_case
from hearthline.hub.config.start import KEYS
from hearthline.hub.reports.models import Report
from hearthline.hub.reports.tests.test_privacy import everything
from hearthline.hub.sealing.actions import KeyMissing, open_as_desk
from hearthline.hub.sealing.models import DataKey
from hearthline.kit.sealing import DeskKeyPair, KeyRefused, SealBroken, desk_private_to_text

pytestmark = pytest.mark.django_db

STORY = "They said they would wait at the gate."
CONTACT = "kim@example.org"
NOTE = "Seen twice, the second time behind a login."
LETTER = "Thank you, we are looking at it."


@pytest.fixture
def case(now, ana, ben) -> Case:
    """Everything that is ever written about one report, written."""
    told = {"words": STORY, "safe_contact": "email", "contact": CONTACT, "code_word": "blue kite"}
    case = confirmed(make_case(at=now, **told), by=ana, second=ben, at=now, note=NOTE)
    report = Report.objects.get()
    write_to_reporter(case=case, report=report, body=LETTER, by=ana, at=now)
    return Case.objects.get(pk=case.pk)


def test_the_database_alone_holds_no_word_address_contact_note_or_letter(case):
    stored = everything().lower()
    for secret in (STORY, ADDRESS, "pictures.example.org", CONTACT, "blue kite", NOTE, LETTER):
        assert secret.lower().encode() not in stored
    assert case.pk.hex.encode() in stored.replace(b"-", b"")  # the search finds what is there


@pytest.mark.parametrize("door", ["public", "partners"])
def test_with_the_keys_of_a_door_that_reads_nothing_no_row_opens(door, case, ana, now, settings):
    for name in {key for keys in KEYS.values() for key in keys} - set(KEYS[door]):
        setattr(settings, name, "")
    assert DataKey.objects.exists()
    for row in DataKey.objects.all():
        with pytest.raises(KeyMissing):
            open_as_desk(row)
    with pytest.raises(KeyMissing):
        read_case(case=case, by=ana, at=now)


@pytest.mark.usefixtures("case")
def test_with_every_key_but_the_desks_private_one_no_row_opens(settings):
    secrets = [getattr(of_this_run, name) for name in ("PEPPER", "VISIT_SECRET", "SECRET_KEY")]
    strange = desk_private_to_text(DeskKeyPair.generate().private)
    for guess in ["", strange, of_this_run.DESK_PUBLIC_KEY, *secrets]:
        settings.DESK_PRIVATE_KEY = guess
        for row in DataKey.objects.all():
            with pytest.raises((KeyMissing, KeyRefused, SealBroken)):
                open_as_desk(row)
