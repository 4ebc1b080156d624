# SPDX-License-Identifier: Apache-2.0
"""The password hasher in use, with its work counted."""

from typing import Any

from hearthline.hub.accounts.tests.hasher import QuickHasher


class CountingHasher(QuickHasher):
    """Counts how often somebody's password was worked on, whether it stood anywhere or not."""

    work: list[str] = []

    def encode(self, *args: Any, **kwargs: Any) -> str:
        self.work.append("encode")
        return str(super().encode(*args, **kwargs))

    def verify(self, *args: Any, **kwargs: Any) -> bool:
        self.work.append("verify")
        return bool(super().verify(*args, **kwargs))
