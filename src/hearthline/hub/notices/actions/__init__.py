# SPDX-License-Identifier: Apache-2.0
"""Every write of the notices, by stage: queue, letters, answers, watch; and the audited reads."""

from hearthline.hub.notices.actions.answers import (
    NotAsked,
    NothingWaits,
    NotOpen,
    UnknownAnswer,
    UnknownRefusal,
    record_answer,
    settle_wait,
)
from hearthline.hub.notices.actions.letters import note_delivery, write_due
from hearthline.hub.notices.actions.parcels import (
    forget_post,
    keep_here,
    note_answer,
    note_trouble,
    start_posting,
)
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
from hearthline.hub.notices.actions.retention import end_looks
from hearthline.hub.notices.actions.watch import address_to_check, invented_look, record_check

__all__ = [
    "AlreadyAddressed",
    "NoAddress",
    "NoMailContact",
    "NotAHost",
    "NotAsked",
    "NotCleared",
    "NotOpen",
    "NothingWaits",
    "UnknownAnswer",
    "UnknownRefusal",
    "address_to_check",
    "assign_host",
    "end_looks",
    "forget_post",
    "invented_look",
    "keep_here",
    "note_answer",
    "note_delivery",
    "note_trouble",
    "open_check",
    "queue_notice",
    "read_address",
    "record_answer",
    "record_check",
    "settle_wait",
    "start_posting",
    "write_due",
]
