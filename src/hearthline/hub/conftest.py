# SPDX-License-Identifier: Apache-2.0
"""The fixed cast: the same few people in every test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.reports.public.flood import door
from hearthline.hub.reports.public.guesses import guesses
from hearthline.hub.reports.public.keeping import made


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Another engine than the embedded one says nothing new of what asks no database."""
    if connection.vendor == "sqlite":
        return
    silent = {
        item
        for item in items
        if Path(__file__).parent in item.path.parents
        and not item.get_closest_marker("django_db")
        and "db" not in getattr(item, "fixturenames", ())
    }
    config.hook.pytest_deselected(items=[*silent])
    items[:] = [item for item in items if item not in silent]


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Signing in costs little here; test_password_cost.py says what it costs in service."""
    with override_settings(PASSWORD_HASHERS=["hearthline.hub.accounts.tests.hasher.QuickHasher"]):
        yield


@pytest.fixture(autouse=True)
def _quiet_door() -> None:
    """No test is measured by what the one before it sent: the door's memory is the process's."""
    door.forget()
    guesses.forget()
    made.forget()


@pytest.fixture
def now() -> datetime:
    """A Monday morning."""
    return datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def ana(db: None) -> User:
    """An analyst."""
    return make_user("Ana", Role.ANALYST)


@pytest.fixture
def ben(db: None) -> User:
    """A second analyst."""
    return make_user("Ben", Role.ANALYST)


@pytest.fixture
def sena(db: None) -> User:
    """A senior analyst."""
    return make_user("Sena", Role.SENIOR_ANALYST)


@pytest.fixture
def mara(db: None) -> User:
    """The hotline manager."""
    return make_user("Mara", Role.HOTLINE_MANAGER)


@pytest.fixture
def paulo(db: None) -> User:
    """The police liaison; a test that needs it makes him a member of a unit."""
    return make_user("Paulo", Role.POLICE_LIAISON)


@pytest.fixture
def stella(db: None) -> User:
    """The statistician."""
    return make_user("Stella", Role.STATISTICIAN)


@pytest.fixture
def omar(db: None) -> User:
    """The ombudsperson."""
    return make_user("Omar", Role.OVERSIGHT)


@pytest.fixture
def ada(db: None) -> User:
    """The administrator."""
    return make_user("Ada", Role.ADMINISTRATOR)
