# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests. Everything told is invented."""

from datetime import datetime
from typing import Any

from hearthline.hub.complaints.actions import Complained, Told, complain

WORDS = "Nobody answered me for three weeks."


def make_complaint(*, at: datetime, receipt: str = "", **told: Any) -> Complained:
    """A complaint that was received, with its receipt."""
    whole: dict[str, Any] = {"about": "slow", "words": WORDS}
    return complain(told=Told(**(whole | told)), language="en", at=at, receipt=receipt)
