# SPDX-License-Identifier: Apache-2.0
"""Whether the content of a case is there, as looks of the rooms above found it.

It is a fact about the subject: every case about it, and whatever blocks it, reads it there.
"""

from datetime import datetime

from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.models import Availability, Case, Subject


def content_gone(*, case: Case, at: datetime, actor: Actor) -> None:
    """Looks found the content gone. Saying it twice is saying it once."""
    _note(case, gone=True, at=at, actor=actor)


def content_back(*, case: Case, at: datetime, actor: Actor) -> None:
    """A look found the content there again. Saying it twice is saying it once."""
    _note(case, gone=False, at=at, actor=actor)


@transaction.atomic
def _note(case: Case, *, gone: bool, at: datetime, actor: Actor) -> None:
    other = Subject.objects.filter(pk=case.subject_id, gone_at__isnull=gone)
    if not other.update(gone_at=at if gone else None):
        return
    Availability.objects.create(subject_id=case.subject_id, case=case, gone=gone, at=at)
    record(at=at, actor=actor, verb="cases.availability", about=case, gone=gone)
