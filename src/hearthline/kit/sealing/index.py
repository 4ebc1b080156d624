# SPDX-License-Identifier: Apache-2.0
"""A keyed blind index: find equal values among sealed ones, without reading any."""

import hmac

from .binding import bind
from .keytext import require_secret


def digest(value: str, pepper: bytes, *, purpose: str) -> bytes:
    """HMAC-SHA256 of `value` under `pepper`, 32 bytes, the same each time.

    Bring the value into one form first (case, spaces, Unicode): only identical texts match. Equal
    values show as equal, and whoever holds the pepper can try out guesses, so index nothing that
    has few possible values. `purpose` keeps two columns from being compared with each other.
    Raises KeyRefused on a pepper under 32 bytes, ValueError if value or purpose is empty.
    """
    pepper = require_secret(pepper, name="pepper")
    return hmac.digest(pepper, bind("index", purpose, value), "sha256")
