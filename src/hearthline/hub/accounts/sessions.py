# SPDX-License-Identifier: Apache-2.0
"""Sessions in the database, found by keys that could be ours and no others."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """A cookie may spell any character, even those a database refuses; our keys never do."""

    def _validate_session_key(self, key: Any) -> bool:
        return isinstance(key, str) and key.isascii() and key.isalnum() and len(key) >= 8
