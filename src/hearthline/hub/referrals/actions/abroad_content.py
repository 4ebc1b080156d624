# SPDX-License-Identifier: Apache-2.0
"""What a hand-over abroad says: finding, address, where it is hosted; never who reported."""

from datetime import UTC, datetime

from django.conf import settings
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import subject_address
from hearthline.hub.cases.models import Case
from hearthline.hub.directory.models import Organisation
from hearthline.hub.referrals.hosted import WORDS_OF_PART, WORDS_OF_WHAT, sentence_of
from hearthline.kit import codelists
from hearthline.kit.formats import hand_over
from hearthline.kit.formats.package import Row, RowKind, Section
from hearthline.kit.hosting import Hosting


def write_hand_over(
    *,
    case: Case,
    hotline: Organisation,
    hosting: Hosting | None,
    grounds: str,
    language: str,
    actor: Actor,
    at: datetime,
) -> hand_over.HandOver:
    """The hand-over for `hotline`, in the language that is active."""
    sections = [
        _way(case, hotline, grounds),
        _finding(case),
        _subject(case, actor=actor, at=at),
        *([_hosting(hosting)] if hosting else []),
        _left_out(),
    ]
    return hand_over.build(
        reference=case.reference,
        prepared_at=at,
        sender=settings.REPORTER_ORGANISATION,
        recipient=hotline.name,
        title=_("Content hosted in %(country)s: %(reference)s")
        % {"country": hotline.country, "reference": case.reference},
        language=language,
        direction="rtl" if get_language_bidi() else "ltr",
        sections=sections,
    )


def _way(case: Case, hotline: Organisation, grounds: str) -> Section:
    rows = [
        Row("sending_country", _("Sending country"), settings.PACK.country.code),
        Row("receiving_country", _("Receiving country"), hotline.country),
        Row("hotline", _("Hotline"), hotline.name),
        Row("our_reference", _("Our reference"), case.reference),
        Row("grounds", _("Why your country"), grounds),
    ]
    return Section("hand_over", _("Hand-over"), tuple(row for row in rows if row.value))


def _finding(case: Case) -> Section:
    found = case.assessments.latest("at", "pk")
    rows = [
        Row("classification", _("Classification"), _label(
            codelists.assessment_outcomes(), found.outcome)),
        Row("classification_code", _("Code"), found.outcome),
        Row("incident_type", _("Kind"), _label(codelists.incident_types(), found.incident_type)),
        Row("confirmed", _("Confirmed by two people"), _utc(case.confirmed_at or found.at), "time"),
        Row("law", _("Law"), _("Judged by our law alone. Please judge it by yours.")),
    ]  # fmt: skip
    return Section("finding", _("What was found"), tuple(rows))


def _subject(case: Case, *, actor: Actor, at: datetime) -> Section:
    address = subject_address(case=case, actor=actor, at=at, purpose="hand-over abroad")
    kind: RowKind = "address" if case.subject.kind == case.subject.Kind.URL else "text"
    rows = [
        Row("address", _("Address"), address.url, kind),
        Row("host", _("Host name"), address.host, "hash"),
        Row("first_reported", _("First reported"), _utc(case.opened_at), "time"),
    ]
    return Section("subject", _("Where"), tuple(row for row in rows if row.value))


def _hosting(hosting: Hosting) -> Section:
    rows = [Row("looked_up", _("Looked up"), _utc(hosting.at), "time")]
    for number, fact in enumerate(hosting.facts, start=1):
        label = f"{WORDS_OF_PART[fact.part]}: {WORDS_OF_WHAT[fact.what]}"
        source = fact.source if not fact.dated else f"{fact.source}, {fact.dated}"
        rows.append(Row(f"fact_{number}", label, f"{fact.value} ({source})"))
    for number, failure in enumerate(hosting.failures, start=1):
        rows.append(Row(f"failure_{number}", _("Not found out"), str(sentence_of(failure))))
    return Section("hosting", _("Where it is hosted"), tuple(rows))


def _left_out() -> Section:
    rows = (
        Row("reporter", _("Who reported"), _("Not included.")),
        Row("content", _("Pictures or files"), _("None. The hotline never takes or keeps any.")),
    )
    return Section("not_included", _("What is not included"), rows)


def _label(entries: tuple[codelists.Entry, ...], code: str) -> str:
    """The translated label of a code; an unknown code stands for itself."""
    return next((_(entry.label) for entry in entries if entry.code == code), code)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
