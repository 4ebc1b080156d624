# SPDX-License-Identifier: Apache-2.0
"""The one error of all formats."""


class FormatRefused(ValueError):
    """Something may not be written or read. `field` names where, `reason` why and what to do."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
