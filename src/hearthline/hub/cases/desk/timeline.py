# SPDX-License-Identifier: Apache-2.0
"""What happened to a case, from the audit log: who did what, when and why."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Entry
from hearthline.hub.cases.desk import labels
from hearthline.hub.cases.models import Case
from hearthline.hub.evidence.models import Exhibit
from hearthline.hub.sealing.words import words_of

NEWEST = 60

ACTS = {
    "cases.open": gettext_lazy("Opened from a report"),
    "cases.join": gettext_lazy("Another report joined"),
    "cases.claim": gettext_lazy("Claimed"),
    "cases.release": gettext_lazy("Given back"),
    "cases.level": gettext_lazy("Urgency set"),
    "cases.assess": gettext_lazy("Assessed"),
    "cases.confirm": gettext_lazy("Second review"),
    "cases.decide": gettext_lazy("Decided by a senior"),
    "cases.clear_for_notice": gettext_lazy("The host may be told"),
    "cases.hold_notice": gettext_lazy("Police hold on the notice"),
    "cases.ask_to_close": gettext_lazy("Asked to close the case"),
    "cases.keep_open": gettext_lazy("Kept open"),
    "cases.conclude": gettext_lazy("Closed"),
    "cases.reopen": gettext_lazy("Opened again, the content is back"),
    "cases.write": gettext_lazy("Letter to a reporter"),
    "cases.seal_exhibit": gettext_lazy("Exhibit sealed"),
    "cases.open_exhibit": gettext_lazy("Exhibit opened"),
    "cases.request_disclosure": gettext_lazy("Asked who a reporter is"),
    "cases.decide_disclosure": gettext_lazy("Decided on that request"),
    "cases.open_disclosure": gettext_lazy("Read who a reporter is"),
    "cases.subject_address": gettext_lazy("Address read"),
    "cases.find_adult": gettext_lazy("An adult is behind it"),
    "cases.agree_on_adult": gettext_lazy("Agreed: an adult is behind it"),
    "cases.turn_down_adult": gettext_lazy("It stays child first"),
    "cases.stop_withdrawn": gettext_lazy("Withdrawn"),
    "cases.go_on": gettext_lazy("Work must go on"),
    "cases.moved": gettext_lazy("It moved"),
    "cases.availability": gettext_lazy("Looked for the content"),
}


@dataclass(frozen=True)
class Reader:
    """Who has opened the case, how often, and when last."""

    name: str
    times: int
    last: datetime


def happened(case: Case) -> tuple[list[dict[str, Any]], list[Reader]]:
    """The newest acts for `ui/timeline.html`, and who has read the case."""
    entries = Entry.objects.about("cases.case", case.pk)
    # The worker looks at an address again and again: that is reading, and would bury the acts.
    reading = Q(verb="cases.read") | Q(verb="cases.subject_address", actor__startswith="worker:")
    # Who stepped back is nobody's to know; the page says how many did.
    acts = list(entries.exclude(reading | Q(verb="cases.step_back")).newest_first()[:NEWEST])
    looks = entries.filter(reading).order_by().values("actor")
    reads = list(
        looks.annotate(Count("id"), Max("at")).values_list("actor", "id__count", "at__max")
    )
    names = _names({entry.actor for entry in acts} | {actor for actor, *_looks in reads})
    steps = [
        {
            "title": str(ACTS.get(entry.verb, entry.verb)),
            "at": entry.at,
            "text": " · ".join(
                filter(None, [names[entry.actor], _told(entry), words_of(entry.reason)])
            ),
            "state": "done",
        }
        for entry in acts
    ]
    readers = [Reader(names[actor], times, last) for actor, times, last in reads]
    return steps, sorted(readers, key=lambda reader: reader.last, reverse=True)


def custody(exhibit: Exhibit) -> list[dict[str, Any]]:
    """The custody log of an exhibit, for `ui/timeline.html`."""
    events = list(exhibit.custody.order_by("id"))
    names = _names({event.who for event in events})
    return [
        {
            "title": event.get_what_display(),
            "at": event.at,
            "text": " · ".join(filter(None, [names[event.who], words_of(event.why)])),
            "state": "done",
        }
        for event in events
    ]


def _told(entry: Entry) -> str:
    """What an entry's codes add, in words."""
    detail = json.loads(entry.detail)
    if entry.verb == "cases.confirm":
        view = _("agrees") if detail.get("agrees") else _("sees it differently")
        return f"{view} · {labels.outcome(detail['outcome'])}"
    if detail.get("outcome"):
        return labels.outcome(detail["outcome"])
    if detail.get("before") and detail["before"] != detail["level"]:
        return f"{detail['before']} → {detail['level']}"
    if entry.verb == "cases.decide_disclosure":
        return _("allowed") if detail.get("approved") else _("refused")
    if entry.verb == "cases.availability":
        return _("it is gone") if detail.get("gone") else _("it is back")
    if entry.verb == "cases.hold_notice" and not detail.get("until"):
        return _("lifted")
    return ""


def _names(actors: set[str]) -> dict[str, str]:
    """Names of people, and plain words for who is none."""
    others = {
        "worker": _("The worker"),
        "reporter": _("The reporter"),
        "operator": _("The operator"),
    }
    staff = {actor.partition(":")[2] for actor in actors if actor.startswith("staff:")}
    people = {str(user.pk): user.name for user in User.objects.filter(pk__in=staff)}
    found = {}
    for actor in actors:
        who, _sign, key = actor.partition(":")
        found[actor] = people.get(key) or others.get(who, actor)
    return found
