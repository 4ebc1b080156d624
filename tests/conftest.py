# SPDX-License-Identifier: Apache-2.0
"""What every world begins with, made once: keys, an empty database, the pages' files."""

from pathlib import Path

import pytest

from hearthline.hub.demo.world import World, free_ports


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a world nobody has used, to be copied: to prepare one takes seconds."""
    folder = tmp_path_factory.mktemp("prepared")
    World(folder, free_ports()).prepare()
    return folder
