# SPDX-License-Identifier: Apache-2.0
"""Every write of the notices, by stage: queue, letters, answers, watch; and the audited reads."""

from hearthline.hub.notices.actions.answers import (
    NotAsked,
    NotOpen,
    UnknownAnswer,
    UnknownRefusal,
    record_answer,
)
from hearthline.hub.notices.actions.letters import note_delivery, write_due
from hearthline.hub.notices.actions.queue import (
    AlreadyAddressed,
    NoAddress,
    NoMailContact,
    NotAHost,
    NotCleared,
    assign_host,
    queue_notice,
)
from hearthline.hub.notices.actions.reading import open_check, read_address
from hearthline.hub.notices.actions.watch import address_to_check, record_check

__all__ = [
    "AlreadyAddressed",
    "NoAddress",
    "NoMailContact",
    "NotAHost",
    "NotAsked",
    "NotCleared",
    "NotOpen",
    "UnknownAnswer",
    "UnknownRefusal",
    "address_to_check",
    "assign_host",
    "note_delivery",
    "open_check",
    "queue_notice",
    "read_address",
    "record_answer",
    "record_check",
    "write_due",
]
