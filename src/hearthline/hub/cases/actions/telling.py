# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction

from hearthline.hub.cases.actions.rules import lock
from hearthline.hub.cases.models import Case
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.models import Report, Step

# From here on whoever put a page up may know of it anyway, from their host.
_IN_THE_OPEN = {Step.Code.HOST_TOLD, Step.Code.REMOVED, Step.Code.CLOSED}
_NOT_JUDGED_YET = {Report.State.RECEIVED, Report.State.IN_REVIEW}


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
            if step in _IN_THE_OPEN and sighting.report.state in _NOT_JUDGED_YET:
                catch_up(case=case, report=sighting.report, at=at, but=step)
            reports.tell(
                report=sighting.report,
                step=step,
                at=at,
                outcome=outcome,
                child_first=child_first,
            )


def catch_up(*, case: Case, report: Report, at: datetime, but: Step.Code | None = None) -> None:
    """Tell a report that joined later what was told before it came, but for one step.

    Before the host has been told it hears only that somebody is looking. A finding that stands
    within a minute would tell whoever put the page up, and reports it to see, that somebody else
    reported it before: while police may still be at work.
    """
    told = [Step.Code(step) for step in case.told if step != but]
    if not _IN_THE_OPEN & {Step.Code(step) for step in case.told}:
        told = [step for step in told if step == Step.Code.IN_REVIEW]
    for step in told:
        outcome = case.outcome if step == Step.Code.JUDGED else ""
        reports.tell(report=report, step=step, at=at, outcome=outcome)


def _open_elsewhere(report: Report, case: Case) -> bool:
    return Case.objects.of_report(report).open().exclude(pk=case.pk).exists()
