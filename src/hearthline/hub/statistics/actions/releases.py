# SPDX-License-Identifier: Apache-2.0
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.statistics.actions.counting import count
from hearthline.hub.statistics.actions.periods import Month
from hearthline.hub.statistics.actions.withholding import Figure, Version, withhold
from hearthline.hub.statistics.exports import files
from hearthline.hub.statistics.models import Observation, Place, PublishedFile, Release


class SamePerson(Exception):
    """Whoever compiled figures does not publish them."""


class AlreadyPublished(Exception):
    """These figures are public already, and stay so."""


class CompiledMeanwhile(Exception):
    """Somebody else compiled the same month at the same moment; theirs is there now."""


class Superseded(Exception):
    """A newer revision of the same month was compiled; only the newest is published."""


class ReasonNeeded(Exception):
    """Figures of this month are public: a correction says why it corrects, in words too."""


class FirstNeedsNoReason(Exception):
    """Nothing is published of this month yet, so there is nothing to correct."""


@transaction.atomic
def compile_period(
    *, period: str, by: User, at: datetime, reason: str = "", note: str = ""
) -> Release:
    """Count a finished month into a new revision of its figures.

    `period` is "YYYY-MM"; its borders are midnights in the country's time zone. Small counts and
    their companions are withheld before anything is written. Where figures of the month are
    public already this is a correction: `reason` is one of `Release.Reason`, and `note` says for
    the public what changed. Raises `NotAllowed`, `PeriodRefused`, `PeriodNotOver`,
    `ReasonNeeded`, `FirstNeedsNoReason` or `CompiledMeanwhile`.
    """
    require(by, Permission.STATISTICS_RELEASE_COMPILE)
    pack = settings.PACK
    month = Month.read(period, zone=pack.country.timezone)
    month.require_over(at)
    # A button pressed twice takes its turn here, so that revisions are numbered one by one.
    User.objects.select_for_update().get(pk=by.pk)
    earlier = _earlier(month.name)
    if earlier and (reason not in Release.Reason.values or not note.strip()):
        raise ReasonNeeded
    if not earlier and (reason or note.strip()):
        raise FirstNeedsNoReason
    figures, taken = withhold(
        count(month, languages=pack.country.languages),
        threshold=pack.statistics.threshold,
        earlier=earlier,
    )
    try:
        with transaction.atomic():
            release = Release.objects.create(
                period=month.name,
                revision=Release.objects.last_revision(month.name) + 1,
                threshold=pack.statistics.threshold,
                compiled_at=at,
                compiled_by=by,
                reason=reason,
                note=note.strip(),
                final=at >= month.end + timedelta(days=pack.statistics.final_after_days),
                carried=" ".join(taken),
            )
    except IntegrityError:
        raise CompiledMeanwhile from None
    _keep(release, figures)
    record(
        at=at,
        actor=by.actor,
        verb="statistics.compile",
        about=release,
        period=release.period,
        revision=release.revision,
        threshold=release.threshold,
        reason=release.reason,
    )
    return release


def _keep(release: Release, figures: Iterable[Figure]) -> None:
    Observation.objects.bulk_create(
        Observation(
            release=release,
            indicator=figure.indicator,
            dimension=figure.dimension,
            code=figure.code,
            value=figure.value,
            unit=figure.unit,
            status=figure.status,
        )
        for figure in figures
    )


def _earlier(period: str) -> list[Version]:
    """The published revisions of a month, oldest first."""
    versions: dict[UUID, dict[Place, Figure]] = {}
    for row in Observation.objects.published_of(period):
        figure = Figure(
            row.indicator,
            row.dimension,
            row.code,
            row.value,
            Observation.Status(row.status),
            row.unit,
        )
        versions.setdefault(row.release_id, {})[figure.place] = figure
    return list(versions.values())


@transaction.atomic
def publish(*, release: Release, by: User, at: datetime) -> None:
    """Make a month's figures public, and keep their files as they are now.

    Cannot be undone; a mistake is mended by a new revision. A revision whose reason is disclosure
    withdraws the files of those before it. Raises `NotAllowed`, `SamePerson`, `AlreadyPublished`
    or `Superseded`.
    """
    require(by, Permission.STATISTICS_RELEASE_PUBLISH)
    fresh = Release.objects.select_for_update().get(pk=release.pk)
    if fresh.compiled_by_id == by.pk:
        raise SamePerson
    if fresh.published_at is not None:
        raise AlreadyPublished
    if fresh.revision != Release.objects.last_revision(fresh.period):
        raise Superseded
    if fresh.reason == Release.Reason.DISCLOSURE:
        before = Release.objects.published().filter(period=fresh.period, withdrawn_at__isnull=True)
        before.update(withdrawn_at=at)
    fresh.published_at, fresh.published_by = at, by
    fresh.save(update_fields=["published_at", "published_by"])
    release.published_at, release.published_by = at, by
    PublishedFile.objects.bulk_create(
        PublishedFile(
            release=fresh,
            format=kind,
            body=body,
            sha256=hashlib.sha256(body.encode()).hexdigest(),
        )
        for kind, body in files(fresh, ref_area=settings.PACK.country.code).items()
    )
    record(
        at=at,
        actor=by.actor,
        verb="statistics.publish",
        about=fresh,
        period=fresh.period,
        revision=fresh.revision,
        reason=fresh.reason,
    )
