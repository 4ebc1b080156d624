# SPDX-License-Identifier: Apache-2.0
"""A folder of pictures, and banks that know two of them."""

from pathlib import Path

import pytest

from hearthline.kit.matching.banks import Library
from hearthline.kit.scanning.tests import make


@pytest.fixture
def banks(tmp_path: Path) -> Path:
    """The folder of a library that knows pictures 0 and 3."""
    folder = tmp_path / "banks"
    with Library(folder) as library:
        make.bank_of(library, "known", [make.jpeg(0), make.jpeg(3)], category="test")
    return folder
