# SPDX-License-Identifier: Apache-2.0
"""hearthline staff: the first people, at the server's console."""

import getpass

import pytest

from hearthline.hub.accounts.models import User
from hearthline.hub.config.commands import staff

pytestmark = pytest.mark.django_db

PASSWORD = "a lamp in the window"


@pytest.fixture(autouse=True)
def typed(monkeypatch) -> None:
    """Nobody sits at the terminal of a test."""
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: PASSWORD)


def test_the_first_one_is_told_to_enrol_a_second_and_the_second_is_not(capsys) -> None:
    assert staff.main(["ada@example.org", "Ada"]) == 0
    assert "Enrol a second" in capsys.readouterr().out
    assert staff.main(["mara@example.org", "Mara", "--role", "hotline_manager"]) == 0
    assert "Enrol a second" not in capsys.readouterr().out
    roles = {one.name: one.roles for one in User.objects.in_service()}
    assert roles == {"Ada": ("administrator",), "Mara": ("hotline_manager",)}


def test_somebody_who_confirms_nobody_is_no_second_person(capsys) -> None:
    staff.main(["ada@example.org", "Ada"])
    capsys.readouterr()
    staff.main(["stella@example.org", "Stella", "--role", "statistician"])
    assert "Enrol a second" in capsys.readouterr().out


def test_the_same_address_twice_changes_nothing(capsys) -> None:
    staff.main(["ada@example.org", "Ada"])
    assert staff.main(["ada@example.org", "Ada", "--role", "analyst"]) == 1
    assert "already enrolled" in capsys.readouterr().err
    assert User.objects.get().roles == ("administrator",)
