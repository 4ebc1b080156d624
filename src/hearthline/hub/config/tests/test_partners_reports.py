# SPDX-License-Identifier: Apache-2.0
"""What a partner's program sends joins what is known, as every other report does."""

import pytest
from django.utils import timezone

from hearthline.hub.cases.actions import pull
from hearthline.hub.cases.models import Subject
from hearthline.hub.reports.tests.make import ADDRESS, make_report
from hearthline.hub.reports.tests.test_api import make_program

pytestmark = pytest.mark.django_db


def test_the_same_place_joins_its_subject():
    program = make_program()
    make_report(at=timezone.now(), addresses=ADDRESS, words="")
    program.batch({"addresses": [ADDRESS]}, {"addresses": [ADDRESS]})
    pull(at=timezone.now())
    assert Subject.objects.get().report_count == 3
