# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator

import pytest

from hearthline.kit.urls.tests.loopback import Host, hosting


@pytest.fixture
def host() -> Iterator[Host]:
    with hosting() as running:
        yield running
