# SPDX-License-Identifier: Apache-2.0
"""Every write of the referrals, by stage: prepare, with police, hold, outcome."""

from hearthline.hub.referrals.actions.hold import (
    HoldInThePast,
    HoldTooLong,
    NoHoldInForce,
    NothingToHold,
    ask_hold,
    last_possible_hold,
    lift_hold,
)
from hearthline.hub.referrals.actions.outcome import (
    AlreadyConcluded,
    ReferenceNeeded,
    UnknownOutcome,
    acknowledge,
    conclude,
)
from hearthline.hub.referrals.actions.playing import NotAnExercise, play_police
from hearthline.hub.referrals.actions.prepare import (
    AlreadySent,
    ChildFirst,
    NoMailContact,
    NoRecipientKey,
    NotConfirmed,
    NotPoliceUnit,
    prepare,
    send_again,
)
from hearthline.hub.referrals.actions.retention import end_package
from hearthline.hub.referrals.actions.with_police import (
    ExerciseStaysHere,
    NotMember,
    PackageBroken,
    PackageGone,
    mark_arrived,
    pick_up,
)

__all__ = [
    "AlreadyConcluded",
    "AlreadySent",
    "ChildFirst",
    "ExerciseStaysHere",
    "HoldInThePast",
    "HoldTooLong",
    "NoHoldInForce",
    "NoMailContact",
    "NoRecipientKey",
    "NotAnExercise",
    "NotConfirmed",
    "NotMember",
    "NotPoliceUnit",
    "NothingToHold",
    "PackageBroken",
    "PackageGone",
    "ReferenceNeeded",
    "UnknownOutcome",
    "acknowledge",
    "ask_hold",
    "conclude",
    "end_package",
    "last_possible_hold",
    "lift_hold",
    "mark_arrived",
    "pick_up",
    "play_police",
    "prepare",
    "send_again",
]
