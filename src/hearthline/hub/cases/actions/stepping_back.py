# SPDX-License-Identifier: Apache-2.0
"""Anybody may step back from a case, for good and without saying why."""

from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions.rules import lock, require_on
from hearthline.hub.cases.actions.triage import let_go
from hearthline.hub.cases.models import Case, StepBack


@transaction.atomic
def step_back(*, case: Case, by: User, at: datetime) -> None:
    """The case and every other of its subject leave this person's lanes and pages for good.

    In their hands it goes back to the queue. What they judged before stays judged.
    """
    require_on(case, by, Permission.CASES_CASE_READ)
    lock(case)
    if case.holder_id == by.pk:
        if case.state == Case.State.IN_ASSESSMENT:
            case.state = Case.State.AWAITING_TRIAGE
        let_go(case)
        case.save(update_fields=["holder", "claim_until", "state"])
    StepBack.objects.create(person=by, subject=case.subject, at=at)
    record(at=at, actor=by.actor, verb="cases.step_back", about=case)
