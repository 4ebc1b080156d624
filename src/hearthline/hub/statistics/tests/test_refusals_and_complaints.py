# SPDX-License-Identifier: Apache-2.0
"""Why companies refused, what complaints were about and what they were answered, in public."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hearthline.hub.accounts.models import User
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.statistics.actions import compile_period, publish
from hearthline.hub.statistics.tests.make import make_complaints, make_refusals
from hearthline.kit.formats import sdmx

pytestmark = pytest.mark.django_db


def test_refusals_and_complaints_are_told_with_what_they_mean(
    client: Client, stella: User, mara: User, now: datetime
) -> None:
    make_refusals(6, "not_hosted_here", by=stella)
    make_complaints(12, "slow")
    make_complaints(4, "privacy")
    release = compile_period(period="2026-09", by=stella, at=now)
    publish(release=release, by=mara, at=now)
    text = client.get(reverse("figures")).content.decode()
    assert "Refusals by hosting companies" in text
    assert "Not hosted here" in text
    assert "It took too long" in text
    csv_text = client.get(reverse("figures_csv", args=["2026-09"])).content.decode()
    assert "removals_refused,refusal,not_hosted_here,6,count,published" in csv_text
    assert "complaints,total,_T,16,count,published" in csv_text
    assert "complaints,complaint,privacy,,count,withheld" in csv_text


def test_sdmx_has_the_names_of_complaints_that_people_choose_from() -> None:
    with translation.override("en"):
        assert {code: str(name) for code, name in Complaint.About.choices} == sdmx.COMPLAINTS
        answers = {code: str(name) for code, name in Complaint.Outcome.choices}
    assert answers == sdmx.COMPLAINT_ANSWERS
