# SPDX-License-Identifier: Apache-2.0
"""Who the reporter is: asked for with a reason, allowed by a second person, shown once."""

from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Permission
from hearthline.hub.audit.actions import ReasonNeeded, record
from hearthline.hub.cases.actions.acting import refuse_stranger
from hearthline.hub.cases.actions.rules import AlreadyRequested, SamePerson, lock, require_on
from hearthline.hub.cases.models import Case, Disclosure
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing.words import seal_words


class NothingToDisclose(Exception):
    """The reporter left no way to be reached other than the receipt."""


class AlreadyDecided(Exception):
    """Somebody decided this request before."""


class NotApproved(Exception):
    """The request was not allowed, or nobody has decided it yet."""


class AlreadyShown(Exception):
    """The contact was shown once for this request. To see it again, ask again."""


@transaction.atomic
def request_disclosure(
    *, case: Case, report: Report, reason: str, by: User, at: datetime
) -> Disclosure:
    """Ask to read who the reporter is.

    Raises AlreadyRequested while a request waits, or was allowed and not yet opened.
    """
    require_on(case, by, Permission.CASES_IDENTITY_REQUEST)
    refuse_stranger(case, report)
    if not reason.strip():
        raise ReasonNeeded
    if not report.contact:
        raise NothingToDisclose
    lock(case)
    asked = case.disclosures.filter(report=report, opened_at__isnull=True)
    if asked.exclude(approved=False).exists():
        raise AlreadyRequested
    reason = seal_words(reason.strip()[:500], about=case.pk, at=at)
    disclosure = Disclosure.objects.create(
        case=case, report=report, requested_by=by, requested_at=at, reason=reason
    )
    _keep("request_disclosure", disclosure, by, at, reason)
    return disclosure


@transaction.atomic
def decide_disclosure(*, disclosure: Disclosure, approve: bool, by: User, at: datetime) -> None:
    """Allow or refuse; never by the person who asked."""
    require_on(disclosure.case, by, Permission.CASES_IDENTITY_APPROVE)
    lock(disclosure)
    if disclosure.requested_by_id == by.pk:
        raise SamePerson
    if disclosure.approved is not None:
        raise AlreadyDecided
    disclosure.decided_by, disclosure.decided_at, disclosure.approved = by, at, approve
    disclosure.save(update_fields=["decided_by", "decided_at", "approved"])
    _keep("decide_disclosure", disclosure, by, at, approved=approve)


@transaction.atomic
def open_disclosure(*, disclosure: Disclosure, by: User, at: datetime) -> str:
    """How the reporter can be reached: to the person who asked, and once only."""
    require_on(disclosure.case, by, Permission.CASES_IDENTITY_REQUEST)
    lock(disclosure)
    if disclosure.requested_by_id != by.pk:
        raise NotAllowed
    if not disclosure.approved:
        raise NotApproved
    if disclosure.opened_at is not None:
        raise AlreadyShown
    disclosure.opened_at = at
    disclosure.save(update_fields=["opened_at"])
    _keep("open_disclosure", disclosure, by, at, disclosure.reason)
    return reports.reveal_contact(report=disclosure.report, by=by, at=at, reason=disclosure.reason)


def _keep(
    act: str, disclosure: Disclosure, by: User, at: datetime, reason: str = "", **codes: bool
) -> None:
    record(
        at=at,
        actor=by.actor,
        verb=f"cases.{act}",
        about=disclosure.case,
        reason=reason,
        disclosure=disclosure.pk,
        report=disclosure.report_id,
        **codes,
    )
