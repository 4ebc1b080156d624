# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.statistics.actions.counting import count
from hearthline.hub.statistics.actions.periods import Month
from hearthline.hub.statistics.actions.withholding import withhold
from hearthline.hub.statistics.models import Observation, Release


class SamePerson(Exception):
    """Whoever compiled figures does not publish them."""


class AlreadyPublished(Exception):
    """These figures are public already, and stay so."""


class CompiledMeanwhile(Exception):
    """Somebody else compiled the same month at the same moment; theirs is there now."""


class Superseded(Exception):
    """A newer revision of the same month was compiled; only the newest is published."""


@transaction.atomic
def compile_period(*, period: str, by: User, at: datetime) -> Release:
    """Count a finished month into a new revision of its figures.

    `period` is "YYYY-MM"; its borders are midnights in the country's time zone. Small counts and
    their companions are withheld before anything is written. Raises `NotAllowed`,
    `PeriodRefused`, `PeriodNotOver` or `CompiledMeanwhile`.
    """
    require(by, Permission.STATISTICS_RELEASE_COMPILE)
    pack = settings.PACK
    month = Month.read(period, zone=pack.country.timezone)
    month.require_over(at)
    # A button pressed twice takes its turn here, so that revisions are numbered one by one.
    User.objects.select_for_update().get(pk=by.pk)
    try:
        with transaction.atomic():
            release = Release.objects.create(
                period=month.name,
                revision=Release.objects.last_revision(month.name) + 1,
                threshold=pack.statistics.threshold,
                compiled_at=at,
                compiled_by=by,
            )
    except IntegrityError:
        raise CompiledMeanwhile from None
    figures = withhold(
        count(month, languages=pack.country.languages),
        threshold=release.threshold,
        held=Observation.objects.withheld_before(month.name),
    )
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
    record(
        at=at,
        actor=by.actor,
        verb="statistics.compile",
        about=release,
        period=release.period,
        revision=release.revision,
        threshold=release.threshold,
    )
    return release


@transaction.atomic
def publish(*, release: Release, by: User, at: datetime) -> None:
    """Make a month's figures public. Cannot be undone; a mistake is mended by a new revision.

    Raises `NotAllowed`, `SamePerson`, `AlreadyPublished` or `Superseded`.
    """
    require(by, Permission.STATISTICS_RELEASE_PUBLISH)
    fresh = Release.objects.select_for_update().get(pk=release.pk)
    if fresh.compiled_by_id == by.pk:
        raise SamePerson
    if fresh.published_at is not None:
        raise AlreadyPublished
    if fresh.revision != Release.objects.last_revision(fresh.period):
        raise Superseded
    fresh.published_at, fresh.published_by = at, by
    fresh.save(update_fields=["published_at", "published_by"])
    release.published_at, release.published_by = at, by
    record(
        at=at,
        actor=by.actor,
        verb="statistics.publish",
        about=fresh,
        period=fresh.period,
        revision=fresh.revision,
    )
