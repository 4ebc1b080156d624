# SPDX-License-Identifier: Apache-2.0
"""A member of staff who reported something themselves never handles it.

The e-mail a reporter left is compared with those of the staff as keyed digests, in memory, while
the desk has the seal open. Nothing about it is kept but the fact, beside the person it concerns.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.models import Case, Sighting, StepBack, Subject
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.sealing import SealBroken

_EMAIL = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
# Reports whose contact is compared again when somebody opens the case: staff come and go.
NEWEST = 20


def staff_who_wrote(report: Report) -> list[User]:
    """Members of staff whose e-mail is the contact of this report."""
    left = _left(report)
    if not left:
        return []
    return [user for user in User.objects.in_service() if _digest(user.email) in left]


def keep_apart(
    *, report: Report, people: Iterable[User], subjects: Iterable[Subject], at: datetime
) -> None:
    """These people have nothing to do with what this report named. Twice is once."""
    for person in people:
        for subject in subjects:
            StepBack.objects.get_or_create(
                person=person, subject=subject, defaults={"at": at, "own_report": True}
            )
        # About the person, so that nobody who reads a case's history learns whose report it was.
        record(at=at, actor=Actor.worker(), verb="cases.own_report", about=person)


def wrote(report: Report, by: User) -> bool:
    """Whether `by` left their own e-mail with this report."""
    return _digest(by.email) in _left(report)


@transaction.atomic
def find_own_report(*, case: Case, by: User, at: datetime) -> bool:
    """Whether a report of this case is `by`'s own; from then on they are kept apart from it."""
    sightings = Sighting.objects.filter(subject=case.subject_id).exclude(report__contact=b"")
    newest = sightings.select_related("report__data_key").order_by("-at", "-id")[:NEWEST]
    for sighting in newest:
        if wrote(sighting.report, by):
            keep_apart(report=sighting.report, people=[by], subjects=[case.subject], at=at)
            return True
    return False


def _left(report: Report) -> set[bytes]:
    """The digests of the e-mails a report left as its contact."""
    if not report.contact:
        return set()
    try:
        contact = report.unseal(sealing.open_as_desk(report.data_key), "contact")
    except (SealBroken, sealing.KeyDestroyed):
        return set()
    return {_digest(email) for email in _EMAIL.findall(contact)}


def _digest(email: str) -> bytes:
    """One mailbox is one digest: case, width and what follows a plus make no difference."""
    folded = unicodedata.normalize("NFKC", email).casefold().strip(".")
    name, _at, place = folded.rpartition("@")
    return sealing.digest(f"{name.partition('+')[0]}@{place}", purpose="staff-contact")
