# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class SetAsideQuerySet(models.QuerySet["SetAside"]):
    def of(self, person: bytes) -> Self:
        return self.filter(person=person)

    def in_force(self, at: datetime) -> Self:
        return self.filter(Q(until__isnull=True) | Q(until__gt=at))

    def past(self, at: datetime) -> Self:
        return self.filter(until__lte=at)


class SetAside(models.Model):
    """One kind of incident that one person does not take just now. No reason is kept."""

    # A keyed digest of the person, never the person.
    person = models.BinaryField(max_length=32, db_index=True)
    # A code of the incident types.
    kind = models.CharField(max_length=40)
    until = models.DateTimeField(null=True)

    objects = SetAsideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="care_set_aside_once")
        ]


class PauseQuerySet(models.QuerySet["Pause"]):
    def of(self, person: bytes) -> Self:
        return self.filter(person=person)

    def now(self, at: datetime) -> Self:
        return self.filter(since__lte=at, until__gt=at)

    def begun_since(self, at: datetime) -> Self:
        return self.filter(since__gte=at)

    def past(self, at: datetime) -> Self:
        return self.filter(until__lte=at)


class Pause(models.Model):
    """A time in which a person is given no work."""

    person = models.BinaryField(max_length=32, db_index=True)
    since = models.DateTimeField()
    until = models.DateTimeField()

    objects = PauseQuerySet.as_manager()
