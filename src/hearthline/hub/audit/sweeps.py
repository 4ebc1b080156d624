# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from hearthline.hub.audit.actions import extend_log
from hearthline.hub.audit.models import Checkpoint


def extend_log_sweep(*, holder: str, at: datetime) -> int:
    """Bring every entry written so far under a signed checkpoint; returns how many were new.

    Needs no lease: `extend_log` lets one worker in at a time, and the next finds nothing to do.
    """
    last = Checkpoint.objects.newest()
    before = after = last.size if last else 0
    while checkpoint := extend_log(at=at):
        after = checkpoint.size
    return after - before


SWEEPS = (extend_log_sweep,)
