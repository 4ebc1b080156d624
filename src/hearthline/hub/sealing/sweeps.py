# SPDX-License-Identifier: Apache-2.0
"""Timed work: keys follow the desk's current key, and destroyed keys leave the database's files."""

from collections.abc import Callable
from datetime import datetime

from hearthline.hub.sealing.actions import rewrap
from hearthline.hub.sealing.wiping import wipe


def rewrap_keys(*, holder: str, at: datetime) -> int:
    """Wrap keys that hang on an older desk key to the current one, a batch a round."""
    return rewrap()


def wipe_destroyed(*, holder: str, at: datetime) -> int:
    """Clear the database's files of keys destroyed in this round or before."""
    return wipe(at=at)


SWEEPS: tuple[Callable[..., int], ...] = (rewrap_keys, wipe_destroyed)
