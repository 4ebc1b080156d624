# SPDX-License-Identifier: Apache-2.0
"""What the queue reads of other ledgers, copied into cases that an older version wrote."""

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from hearthline.hub.cases.models import Case, Sighting, Subject


def fill_copies(*, limit: int) -> int:
    """Copy into at most `limit` cases that have no copies yet; how many. Doing it twice is once."""
    empty = Case.objects.filter(report_count=0).order_by("id").values_list("pk", flat=True)
    numbers = list(empty[:limit])
    subject = Subject.objects.filter(pk=OuterRef("subject"))
    reports = Sighting.objects.filter(subject=OuterRef("subject")).order_by("at", "id")
    Case.objects.filter(pk__in=numbers).update(
        report_count=Greatest(Subquery(subject.values("report_count")[:1]), Value(1)),
        host_digest=Subquery(subject.values("host_digest")[:1]),
        language=Coalesce(Subquery(reports.values("report__language")[:1]), Value("")),
    )
    return len(numbers)
