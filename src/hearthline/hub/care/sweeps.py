# SPDX-License-Identifier: Apache-2.0
"""Timed work: what is over is deleted."""

from datetime import datetime, timedelta

from django.conf import settings

from hearthline.hub.care.models import Pause, SetAside


def forget(*, holder: str, at: datetime) -> int:
    """Delete what is no longer set aside, and pauses that ended `keep_days` ago."""
    over, _ = SetAside.objects.past(at).delete()
    old, _ = Pause.objects.past(at - timedelta(days=settings.PACK.care.keep_days)).delete()
    return over + old


SWEEPS = (forget,)
