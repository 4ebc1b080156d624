# SPDX-License-Identifier: Apache-2.0
"""Packages of a case that every reporter left: those not with police yet wait, or go on."""

from datetime import datetime, timedelta

from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.mail.actions import hold_back
from hearthline.hub.referrals.models import Referral

_UNTIL_DECIDED = timedelta(days=365 * 30)


@transaction.atomic
def hold_package(*, referral: Referral, at: datetime) -> int:
    """Hold back the letter of a package that has not left. How many letters that concerns."""
    held = hold_back(about=referral.pk, until=at + _UNTIL_DECIDED)
    if held:
        record(at=at, actor=Actor.worker(), verb="referrals.hold_package", about=referral)
    return held


@transaction.atomic
def let_package_go(*, referral: Referral, at: datetime) -> int:
    """Work goes on: the letter may leave. How many letters that concerns."""
    let_go = hold_back(about=referral.pk, until=None)
    if let_go:
        record(at=at, actor=Actor.worker(), verb="referrals.let_package_go", about=referral)
    return let_go
