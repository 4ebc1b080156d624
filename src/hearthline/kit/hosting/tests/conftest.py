# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterator

import pytest

from hearthline.kit.hosting.tests.register import lay_down
from hearthline.kit.urls.tests.loopback import Host, hosting


@pytest.fixture
def register() -> Iterator[Host]:
    """A register that answers well."""
    with hosting() as host:
        lay_down(host)
        yield host
