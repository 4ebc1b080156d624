# SPDX-License-Identifier: Apache-2.0
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from hearthline.hub.accounts.models import User
from hearthline.hub.cases.models.case import Case, CaseQuerySet
from hearthline.hub.cases.models.subject import Sighting

# With danger to life or contact going on, work does not stop by itself.
_GOES_ON = ("U0", "U1")


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def in_force(self) -> Self:
        """Nothing new leaves for these cases."""
        return self.filter(ended_at__isnull=True)


class Withdrawal(models.Model):
    """Everybody who reported a subject took it back: nothing new leaves about its case.

    It ends when a senior says why work must go on, or when somebody reports the subject again.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="withdrawal")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # The senior who decided to go on; empty when a new report ended it.
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = WithdrawalQuerySet.as_manager()


def cases_left() -> CaseQuerySet:
    """Open cases that every reporter left, except in danger and where a senior went on."""
    here = Sighting.objects.filter(subject=OuterRef("subject"))
    staying = here.filter(report__withdrawn_at__isnull=True)
    left = Case.objects.open().exclude(level__in=_GOES_ON)
    return left.filter(Exists(here), ~Exists(staying), withdrawal__isnull=True)


def withdrawals_outdated() -> WithdrawalQuerySet:
    """Withdrawals in force whose subject somebody reported since."""
    staying = Sighting.objects.filter(
        subject=OuterRef("case__subject"), report__withdrawn_at__isnull=True
    )
    return Withdrawal.objects.in_force().filter(
        Exists(staying) | Q(case__level__in=_GOES_ON), case__closed_at__isnull=True
    )
