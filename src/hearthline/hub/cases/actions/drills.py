# SPDX-License-Identifier: Apache-2.0
from hearthline.hub.cases.models import Case
from hearthline.hub.reports.models import Drill


class DrillLost(LookupError):
    """The case is marked as an exercise and no exercise is known that began it."""


def drill_of(case: Case) -> Drill | None:
    """The exercise a case belongs to; None for real work. Raises DrillLost.

    Whoever would write to somebody asks here, and for a marked case never hears None.
    """
    if not case.exercise:
        return None
    drill = Drill.objects.of_reports(case.subject.sightings.values("report"))
    if drill is None:
        raise DrillLost(case.reference)
    return drill
