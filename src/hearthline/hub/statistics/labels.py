# SPDX-License-Identifier: Apache-2.0
"""Codes in the reader's language. The code lists speak English; the catalogues know the rest."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hearthline.hub.complaints.models import Complaint
from hearthline.kit import codelists

_LISTS: Mapping[str, Callable[[], Iterable[codelists.Entry]]] = {
    "kind": codelists.incident_types,
    "fourc": codelists.fourc,
    "channel": codelists.channels,
    "age_band": codelists.age_bands,
    "sex": codelists.sexes,
    "outcome": codelists.assessment_outcomes,
    "refusal": codelists.host_refusals,
}

_OWN: Mapping[str, Mapping[str, str | Promise]] = {
    "audience": {
        "child": pgettext_lazy("who reported", "Somebody under 18"),
        "public": pgettext_lazy("who reported", "Somebody who saw it online"),
        "professional": pgettext_lazy("who reported", "Somebody who works with children"),
    },
    "clock": {
        "first_review": _("First look by a person"),
        "second_review": _("Second review"),
        "police": _("Hand-over to police"),
        "host_answer": _("Answer of the hosting company"),
    },
    "complaint": dict(Complaint.About.choices),
    "complaint_answer": dict(Complaint.Outcome.choices),
}


def label(dimension: str, code: str) -> str:
    """The reader's words for a code; a code that no list knows is shown as it is."""
    if dimension == "language":
        return _language(code)
    if dimension in _OWN:
        return str(_OWN[dimension].get(code, code))
    for entry in _LISTS[dimension]():
        if entry.code == code:
            return gettext(entry.label)
    return code


def month(period: str) -> str:
    """A period such as "2026-10" as people write it: "October 2026"."""
    return date_format(date.fromisoformat(f"{period}-01"), "YEAR_MONTH_FORMAT")


def length(minutes: int) -> str:
    """A time that is certainly long enough: "25 minutes", "4 hours", "3 days"; rounded up."""
    if minutes < 60:
        count = max(1, minutes)
        return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
    if minutes <= 48 * 60:
        count = -(-minutes // 60)
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}
    count = -(-minutes // (24 * 60))
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
