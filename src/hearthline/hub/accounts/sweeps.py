# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.contrib.sessions.models import Session

from hearthline.hub.accounts.actions import forget_sittings


def forget_sessions(*, holder: str, at: datetime) -> int:
    """Delete sessions that ran out and sittings long over. Needs no lease: twice finds nothing."""
    ran_out, _ = Session.objects.filter(expire_date__lt=at).delete()
    return ran_out + forget_sittings(at=at)


SWEEPS = (forget_sessions,)
