# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.referrals.models import Referral


@transaction.atomic
def end_package(*, referral: Referral, at: datetime) -> bool:
    """Delete the package and the unit's reference of a case that has ended; False when done.

    We could never open the package; the unit has its own copy, under its own law.
    """
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.ended_at is not None:
        return False
    referral.package, referral.unit_reference, referral.ended_at = b"", "", at
    referral.save(update_fields=["package", "unit_reference", "ended_at"])
    record(at=at, actor=Actor.worker(), verb="referrals.end_retention", about=referral)
    return True
