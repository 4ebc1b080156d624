# SPDX-License-Identifier: Apache-2.0
"""Where somebody stands in the queue, as an address: codes and digests only, never a place."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from hearthline.hub.accounts.doors import StaffRequest
from hearthline.hub.cases import actions
from hearthline.hub.cases.desk import labels
from hearthline.hub.cases.forms import AGES
from hearthline.hub.cases.models import Case, Hands, Lane, Narrowing, Practice
from hearthline.kit.codelists import incident_types, urgency_levels


def case_of(request: StaffRequest, pk: UUID) -> Case:
    """The case of an address; one that is not this person's to see is not there."""
    return get_object_or_404(Case.objects.open_to(request.user), pk=pk)


def place_of(query: QueryDict) -> actions.Place:
    """Where an address points. What it does not know it leaves out."""
    return actions.Place(
        lane=query.get("lane", ""),
        sort=query.get("sort", ""),
        narrowing=narrowing_of(query),
        after=number(query.get("after", "")),
        before=number(query.get("before", "")),
    )


def narrowing_of(query: QueryDict) -> Narrowing:
    level, state = query.get("level", ""), query.get("state", "")
    kind, language = query.get("kind", ""), query.get("language", "")
    practice = query.get("practice", "")
    hands, older = query.get("hands", ""), query.get("older", "")
    since, host = query.get("since", ""), query.get("host", "")
    return Narrowing(
        level=level if level in {entry.code for entry in urgency_levels()} else "",
        state=state if state in Case.State.values else "",
        kind=kind if kind in {entry.code for entry in incident_types()} else "",
        language=language if language.replace("-", "").isalnum() and len(language) < 13 else "",
        hands=hands if hands in Hands.values else "",
        older=int(older) if older in {str(days) for days in AGES} else 0,
        since=since if _is_day(since) else "",
        practice=practice if practice in Practice.values else "",
        host=host if len(host) == 64 and set(host) <= set("0123456789abcdef") else "",
    )


def way(place: actions.Place, **more: Any) -> str:
    """The query of a place, to be kept on the way through a case: `?lane=…`, or ""."""
    lane = {"lane": place.lane} if place.lane in Lane.values else {}
    sort = {"sort": place.sort} if place.sort else {}
    parts = lane | sort | place.narrowing.chosen | more
    return f"?{urlencode(parts)}" if parts else ""


def to_case(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Back to the page of the case, with the lane kept."""
    return redirect(f"{reverse('case', args=[pk])}{way(place_of(request.GET))}")


def narrowed_to(narrowing: Narrowing) -> list[str]:
    """What a queue is narrowed to, in words."""
    told: dict[str, Callable[[Any], str]] = {
        "level": lambda code: f"{code} · {labels.label(urgency_levels(), code)}",
        "state": lambda code: str(Case.State(code).label),
        "kind": labels.kind,
        "language": labels.language,
        "hands": lambda code: str(Hands(code).label),
        "practice": lambda code: str(Practice(code).label),
        "older": lambda days: str(AGES.get(days, days)),
        "since": lambda day: _("Since %(day)s") % {"day": day},
        "host": lambda digest: actions.host_named(digest) or _("A host nobody reported"),
    }
    return [told[name](value) for name, value in narrowing.chosen.items()]


def number(text: str) -> UUID | None:
    """A record's number out of an address; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).year in range(1970, 3_000)
    except ValueError:
        return False


def lane_of(request: StaffRequest) -> str:
    """The lane somebody came from; "" where they came another way."""
    lane = request.GET.get("lane", "")
    return lane if lane in Lane.values else ""
