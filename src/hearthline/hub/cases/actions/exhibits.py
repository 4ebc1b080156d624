# SPDX-License-Identifier: Apache-2.0
"""Evidence of a case, through the vault."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions.rules import NotInCase, require_on
from hearthline.hub.cases.models import Case, CaseExhibit
from hearthline.hub.evidence import actions as evidence
from hearthline.hub.evidence.actions import Capture
from hearthline.hub.evidence.models import Exhibit
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.words import seal_words


@transaction.atomic
def seal_exhibit(
    *,
    case: Case,
    capture: Capture,
    captured_at: datetime,
    time_source: str,
    by: User,
    at: datetime,
) -> CaseExhibit:
    """Seal what was captured of this case's subject; its address goes in by itself.

    Raises CaptureRefused and FileContentRefused of the vault.
    """
    require_on(case, by, Permission.EVIDENCE_EXHIBIT_SEAL)
    subject = case.subject
    stated = replace(capture, canonical="").as_record()
    address = subject.unseal(sealing.open_as_desk(subject.data_key), "address")
    if any(stated.values()):
        stated["canonical"] = address
    exhibit = evidence.seal(
        record=stated, captured_at=captured_at, time_source=time_source, by=by, at=at
    )
    attached = CaseExhibit.objects.create(case=case, exhibit=exhibit, added_at=at)
    record(at=at, actor=by.actor, verb="cases.seal_exhibit", about=case, exhibit=exhibit.pk)
    return attached


@transaction.atomic
def open_exhibit(
    *, case: Case, exhibit: Exhibit, reason: str, by: User, at: datetime
) -> dict[str, Any]:
    """The sealed record, for somebody who says why. Raises NotInCase and the vault's refusals."""
    require_on(case, by, Permission.EVIDENCE_EXHIBIT_OPEN)
    if not case.exhibits.filter(exhibit=exhibit).exists():
        raise NotInCase
    reason = seal_words(reason, about=case.pk, at=at)
    opened = evidence.open_exhibit(exhibit=exhibit, by=by, reason=reason, at=at)
    record(
        at=at,
        actor=by.actor,
        verb="cases.open_exhibit",
        about=case,
        reason=reason,
        exhibit=exhibit.pk,
    )
    return opened
