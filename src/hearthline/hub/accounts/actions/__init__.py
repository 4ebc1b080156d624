# SPDX-License-Identifier: Apache-2.0
"""Every write about staff: who works here, how they come in, how long they stay signed in."""

from hearthline.hub.accounts.actions.confirming import (
    NothingWaits,
    NotSetUp,
    SamePerson,
    confirm_role,
    refuse_role,
)
from hearthline.hub.accounts.actions.log import read_log
from hearthline.hub.accounts.actions.sign_in import (
    count_wrong,
    forget_wrong,
    note_factors,
    note_password,
    note_proof,
    note_sign_in,
    unlock,
)
from hearthline.hub.accounts.actions.sittings import (
    SITTING,
    end_others,
    end_sittings,
    forget_sittings,
    leave,
    sit,
)
from hearthline.hub.accounts.actions.staff import (
    AlreadyStaff,
    OwnAccount,
    end_role,
    end_service,
    enrol,
    grant,
    new_starting_password,
    resume_service,
    start_again,
)

__all__ = [
    "SITTING", "AlreadyStaff", "NotSetUp", "NothingWaits", "OwnAccount", "SamePerson",
    "confirm_role", "count_wrong", "end_others", "end_role", "end_service", "end_sittings", "enrol",
    "forget_sittings", "forget_wrong", "grant", "leave", "new_starting_password", "note_factors",
    "note_password", "note_proof", "note_sign_in", "read_log", "refuse_role", "resume_service",
    "sit", "start_again", "unlock",
]  # fmt: skip
