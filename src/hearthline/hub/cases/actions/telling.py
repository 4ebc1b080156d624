# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction

from hearthline.hub.cases.actions.rules import lock
from hearthline.hub.cases.models import Case
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Report, Step


@transaction.atomic
def tell_reporters(*, case: Case, step: Step.Code, at: datetime) -> None:
    """Tell everybody who reported this subject that a step was taken. Downward, and once each.

    "Closed" waits until every case of a report is closed.
    """
    lock(case)
    if step not in case.told:
        case.told = [*case.told, step.value]
        case.save(update_fields=["told"])
    outcome = case.outcome if step == Step.Code.JUDGED else ""
    child_first = case.track == Case.Track.CHILD_FIRST
    for sighting in case.subject.sightings.select_related("report"):
        if step != Step.Code.CLOSED or not _open_elsewhere(sighting.report, case):
            reports.tell(
                report=sighting.report,
                step=step,
                at=at,
                outcome=outcome,
                child_first=child_first,
            )


def _open_elsewhere(report: Report, case: Case) -> bool:
    return Case.objects.of_report(report).open().exclude(pk=case.pk).exists()
