# SPDX-License-Identifier: Apache-2.0
import json
from datetime import datetime
from typing import Any

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions import SubjectAddress, subject_address
from hearthline.hub.cases.actions.rules import require_on
from hearthline.hub.notices.models import Check, Notice
from hearthline.hub.sealing.actions import open_as_desk


@transaction.atomic
def read_address(*, notice: Notice, by: User, at: datetime) -> SubjectAddress:
    """What the notice is about, for whoever works on it. That they read it is kept.

    Empty once its case has ended. Raises SteppedBack, as of the case itself.
    """
    require_on(notice.case, by, Permission.NOTICES_NOTICE_READ)
    if notice.case.ended_at is not None:
        return SubjectAddress(notice.case.subject.kind, "", "")
    return subject_address(case=notice.case, actor=by.actor, at=at, purpose="notice: page")


@transaction.atomic
def open_check(*, check: Check, by: User, at: datetime) -> dict[str, Any]:
    """The facts of one check as `kit.urls.Observation.facts` gave them."""
    require_on(check.notice.case, by, Permission.NOTICES_NOTICE_READ)
    text = check.unseal(open_as_desk(check.data_key), "facts")
    record(at=at, actor=by.actor, verb="notices.open_check", about=check, notice=check.notice_id)
    facts: dict[str, Any] = json.loads(text)
    return facts
