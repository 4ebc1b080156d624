# SPDX-License-Identifier: Apache-2.0
"""Where the exchanges of a service are set up and keep their state."""

from pathlib import Path

from hearthline.matcher.exchanges import Configuration, read_configuration

FILE = "exchanges.toml"


def configured(folder: Path) -> Configuration | None:
    """What is set up, or None where there is no file. Raises ConfigurationRefused."""
    path = folder / FILE
    return read_configuration(path) if path.exists() else None


def states(folder: Path) -> Path:
    """The folder of the exchanges' own folders."""
    return folder / "exchanges"
