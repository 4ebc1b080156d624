# SPDX-License-Identifier: Apache-2.0
"""What a manager sees: whether enough people take each kind of work, and nothing else."""

import pytest
from django.conf import settings
from django.urls import reverse

from hearthline.hub.accounts.permissions import NotAllowed
from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.care import actions, reading

pytestmark = pytest.mark.django_db

LEAST = settings.PACK.care.cover_at_least


def covered(by, at) -> dict[str, bool]:
    return {row.kind.code: row.enough for row in reading.cover(by=by, at=at)}


def test_enough_people_cover_everything(ana, ben, mara, now) -> None:
    assert LEAST == 2
    assert all(covered(mara, now).values())


def test_one_who_sets_a_kind_aside_leaves_it_thin(ana, ben, mara, now) -> None:
    actions.set_aside(kinds=["grooming"], by=ben, at=now)
    cover = covered(mara, now)
    assert not cover["grooming"]
    assert cover["csam_url"]


def test_one_who_is_away_leaves_everything_thin(ana, ben, mara, now) -> None:
    actions.pause(by=ben, at=now)
    assert not any(covered(mara, now).values())


def test_both_for_one_person_count_once(ana, ben, sena, mara, now) -> None:
    actions.set_aside(kinds=["grooming"], by=ben, at=now)
    actions.pause(by=ben, at=now)
    assert covered(mara, now)["grooming"]


def test_the_page_names_nobody_and_gives_no_number(ana, ben, mara, now) -> None:
    actions.set_aside(kinds=["grooming"], by=ben, at=now)
    client = signed_in(mara)
    page = client.get(reverse("care_cover")).content.decode()
    assert "1 kind of work has too few people" in page
    assert "Ben" not in page
    assert "Ana" not in page


@pytest.mark.parametrize("who", ["ana", "sena", "omar", "ada", "stella", "paulo"])
def test_only_a_manager_asks_for_the_cover(who, request, now) -> None:
    with pytest.raises(NotAllowed):
        reading.cover(by=request.getfixturevalue(who), at=now)


def test_no_page_shows_a_manager_somebody_elses(ana, mara, now) -> None:
    actions.set_aside(kinds=["grooming"], by=ana, at=now)
    client = signed_in(mara)
    page = client.get(reverse("care")).content.decode()
    assert "checked" not in page
