# SPDX-License-Identifier: Apache-2.0
"""What the letters of a notice say. Plain words first; XARF 4 where one of its codes is true."""

from hearthline.hub.notices.actions.wording.first import machine_part, notice_letter
from hearthline.hub.notices.actions.wording.later import escalation_letter, reminder_letter
from hearthline.hub.notices.actions.wording.parts import (
    LANGUAGES,
    LRI,
    PDI,
    Link,
    language_of,
    law_of,
)

__all__ = [
    "LANGUAGES",
    "LRI",
    "PDI",
    "Link",
    "escalation_letter",
    "language_of",
    "law_of",
    "machine_part",
    "notice_letter",
    "reminder_letter",
]
