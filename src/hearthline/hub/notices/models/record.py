# SPDX-License-Identifier: Apache-2.0
"""How providers respond: figures of organisations, never of people. Exercises do not count."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.notices.models.answering import Answer
from hearthline.hub.notices.models.carrying import Delivery
from hearthline.hub.notices.models.ladder import Escalation
from hearthline.hub.notices.models.notice import Notice, NoticeQuerySet

PERIOD: Final = timedelta(days=365)


@dataclass(frozen=True)
class Record:
    """The response record of one provider over the last year, by notices told in it."""

    organisation: Organisation
    told: int = 0
    open: int = 0
    acknowledged: int = 0
    removed: int = 0
    came_back: int = 0
    # Climbed past it: somebody else was told since it did not act.
    escalated: int = 0
    # Notices by the provider's answers; one may be in several.
    answers: dict[str, int] = field(default_factory=dict)
    grounds: dict[str, int] = field(default_factory=dict)
    to_acknowledge: timedelta | None = None
    to_remove: timedelta | None = None

    def answered(self, code: str) -> int:
        return self.answers.get(code, 0)


def notices_told(organisation: Organisation, at: datetime) -> NoticeQuerySet:
    """The notices of the last year that this organisation was told as the host."""
    first = Delivery.objects.filter(
        notice=OuterRef("pk"), kind=Delivery.Kind.FIRST, contact__organisation=organisation
    )
    real = Notice.objects.real().filter(sent_at__gt=at - PERIOD, sent_at__lte=at)
    return real.filter(Q(host=organisation) | Exists(first))


def record_of(organisation: Organisation, at: datetime) -> Record:
    """Counts and median times. Its own are those it still has: what was not its service is not."""
    told = notices_told(organisation, at)
    own = told.filter(host=organisation)
    # Who is listed beside the host, such as its network, is somebody else.
    own_contact = Q(contact__organisation=organisation) & ~Q(contact__scope__in=Contact.OTHERS)
    theirs = own_contact | Q(key__organisation=organisation)
    answers = Answer.objects.filter(notice__in=told.values("pk"), at__lte=at)
    # What the desk noted is the host's word too.
    said = answers.filter(theirs | Q(by__isnull=False, notice__host=organisation))
    said = said.order_by()
    others = Escalation.objects.filter(notice=OuterRef("pk"), skipped="").exclude(own_contact)
    refused = said.filter(code=Answer.Code.REFUSED)
    return Record(
        organisation=organisation,
        told=told.count(),
        open=own.open().count(),
        acknowledged=own.filter(acknowledged_at__isnull=False).count(),
        removed=own.filter(removed_at__isnull=False).count(),
        came_back=own.filter(reopened__gt=0).count(),
        escalated=own.filter(Exists(others)).count(),
        answers=dict(said.values_list("code").annotate(Count("notice", distinct=True))),
        grounds=dict(refused.values_list("refusal").annotate(Count("notice", distinct=True))),
        to_acknowledge=_median(own.filter(acknowledged_at__isnull=False), "acknowledged_at"),
        to_remove=_median(own.filter(removed_at__isnull=False), "removed_at"),
    )


def providers_told(at: datetime) -> QuerySet[Organisation]:
    """Organisations that were told of anything in the last year, by name."""
    hosts = Notice.objects.real().filter(sent_at__gt=at - PERIOD, sent_at__lte=at).values("host")
    return Organisation.objects.filter(pk__in=hosts).order_by("name", "pk")


def _median(notices: NoticeQuerySet, end: str) -> timedelta | None:
    """From the letter in force, or the first where it came back, to `end`."""
    times = notices.filter(clocks_from__isnull=False, **{f"{end}__gte": F("clocks_from")})
    lengths = [ended - began for began, ended in times.values_list("clocks_from", end)]
    return median(lengths) if lengths else None
