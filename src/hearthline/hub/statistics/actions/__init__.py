# SPDX-License-Identifier: Apache-2.0
"""What is done with figures: compile a month, publish it; count how promises were kept each day.

`counting` reads the ledgers, `withholding` decides what may be seen of the counts, `releases`
writes the result. A true small count of a release never leaves the call that counted it.
"""

from hearthline.hub.statistics.actions.days import count_days
from hearthline.hub.statistics.actions.periods import PeriodNotOver, PeriodRefused
from hearthline.hub.statistics.actions.releases import (
    AlreadyPublished,
    CompiledMeanwhile,
    FirstNeedsNoReason,
    ReasonNeeded,
    SamePerson,
    Superseded,
    compile_period,
    publish,
)

__all__ = [
    "AlreadyPublished",
    "CompiledMeanwhile",
    "FirstNeedsNoReason",
    "PeriodNotOver",
    "PeriodRefused",
    "ReasonNeeded",
    "SamePerson",
    "Superseded",
    "compile_period",
    "count_days",
    "publish",
]
