# SPDX-License-Identifier: Apache-2.0
"""A source, a bank, a state folder, and clients that wait for nobody."""

from collections.abc import Iterator

import pytest

from hearthline.matcher.exchanges import Limits, Store
from hearthline.matcher.exchanges.client import Client
from hearthline.matcher.exchanges.credentials import Secret
from hearthline.matcher.exchanges.tests.bank import Bank
from hearthline.matcher.exchanges.tests.source import Source, running

TOKEN = "1234|not/a real+token"


@pytest.fixture(scope="session")
def _server() -> Iterator[Source]:
    with running() as source:
        yield source


@pytest.fixture
def source(_server) -> Source:
    _server.asked = []
    return _server


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    store = Store(tmp_path / "state")
    yield store
    store.close()


@pytest.fixture
def waits() -> list[float]:
    """What a client waited, instead of waiting."""
    return []


@pytest.fixture
def client(source, waits) -> Client:
    return _client(source, waits, silence=5, total=10)


@pytest.fixture
def hasty(source, waits) -> Client:
    """A client that soon has enough of a slow source."""
    return _client(source, waits, silence=0.2, total=0.4)


def _client(source: Source, waits: list[float], *, silence: float, total: float) -> Client:
    limits = Limits(page_bytes=200_000, silence=silence, total=total, tries=3, longest_wait=60)
    return Client(
        source.url,
        secret_query={"access_token": Secret(TOKEN)},
        limits=limits,
        sleep=waits.append,
    )
