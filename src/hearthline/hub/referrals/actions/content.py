# SPDX-License-Identifier: Apache-2.0
"""What a package says: the finding, the address, the facts and the exhibits; never who reported."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import subject_address
from hearthline.hub.cases.models import Assessment, Case, CaseExhibit
from hearthline.hub.directory.models import Organisation
from hearthline.hub.evidence.actions import ExhibitBroken, hand_over
from hearthline.hub.evidence.models import Exhibit
from hearthline.hub.reports.models import Report
from hearthline.hub.sealing.words import words_of
from hearthline.kit import codelists
from hearthline.kit.formats.package import Package, Row, RowKind, Section, build
from hearthline.kit.sealing import SealBroken

log = logging.getLogger(__name__)


def write_package(
    *, case: Case, unit: Organisation, language: str, actor: Actor, at: datetime
) -> Package:
    """The package for `unit`, in the language that is active. Opening seals is audited below."""
    sections = [
        _finding(case),
        _subject(case, actor=actor, at=at),
        _reports(case),
        *_exhibits(case, unit=unit, actor=actor, at=at),
        _left_out(),
    ]
    return build(
        reference=case.reference,
        prepared_at=at,
        sender=settings.REPORTER_ORGANISATION,
        recipient=unit.name,
        title=_title(case),
        language=language,
        direction="rtl" if get_language_bidi() else "ltr",
        sections=sections,
    )


def _title(case: Case) -> str:
    names = {"reference": case.reference}
    if case.exercise:
        return _("EXERCISE: case %(reference)s") % names
    return _("Case %(reference)s") % names


def _finding(case: Case) -> Section:
    found = case.assessments.latest("at", "pk")
    bases = {basis.key: basis for basis in settings.PACK.legal_bases}
    basis = bases.get(found.legal_basis)
    rows = [
        Row("case", _("Case number"), str(case.pk)),
        Row("outcome", _("Finding"), _label(codelists.assessment_outcomes(), found.outcome)),
        Row("legal_basis", _("Legal basis"), f"{basis.label}. {basis.citation}" if basis else ""),
        Row("incident_type", _("Kind"), _label(codelists.incident_types(), found.incident_type)),
        Row("age_band", _("Age of the child, as stated"), _age(found)),
        Row("sex", _("Sex of the child, as stated"), _label(codelists.sexes(), found.sex)),
        Row("self_generated", _("Taken by the child"), _yes_no(found.self_generated)),
        Row("peer", _("Between young people"), _yes_no(found.peer)),
        _time("opened_at", _("First reported"), case.opened_at),
        _time("confirmed_at", _("Confirmed by two people"), case.confirmed_at or found.at),
    ]
    return Section("finding", _("What was found"), tuple(rows))


def _subject(case: Case, *, actor: Actor, at: datetime) -> Section:
    address = subject_address(case=case, actor=actor, at=at, purpose="referral")
    kind: RowKind = "address" if case.subject.kind == case.subject.Kind.URL else "text"
    rows = [
        Row("kind", _("What it is"), case.subject.get_kind_display()),
        Row("address", _("Address"), address.url, kind),
        Row("host", _("Host name"), address.host, "hash"),
    ]
    return Section("subject", _("Where"), tuple(row for row in rows if row.value))


def _reports(case: Case) -> Section:
    reports = [sighting.report for sighting in case.subject.sightings.select_related("report")]
    rows = [Row("count", _("Number of reports"), str(len(reports)))]
    rows += [
        _time(f"received_{n}", _("Report %(number)s received") % {"number": n}, one.received_at)
        for n, one in enumerate(reports, start=1)
    ]
    rows += [
        Row(f"fact_{code}", _("Stated"), _label(codelists.stated_facts(), code))
        for code in _facts(reports)
    ]
    return Section("reports", _("What was reported"), tuple(rows))


def _exhibits(case: Case, *, unit: Organisation, actor: Actor, at: datetime) -> Iterable[Section]:
    attached = CaseExhibit.objects.filter(case=case).select_related("exhibit__data_key")
    for number, row in enumerate(attached.order_by("added_at", "pk"), start=1):
        exhibit = row.exhibit
        rows = [
            Row("number", _("Exhibit number"), str(exhibit.pk)),
            Row(
                "record_sha256",
                _("SHA-256 of the sealed record"),
                bytes(exhibit.sha256).hex(),
                "hash",
            ),
            _time("captured_at", _("Recorded at"), exhibit.captured_at),
            Row("time_source", _("Source of the time"), exhibit.get_time_source_display()),
        ]
        rows += _record(exhibit, unit=unit, actor=actor, at=at)
        rows += _custody(exhibit)
        heading = _("Exhibit %(number)s") % {"number": number}
        yield Section(f"exhibit_{number}", heading, tuple(rows))


def _record(exhibit: Exhibit, *, unit: Organisation, actor: Actor, at: datetime) -> list[Row]:
    """What was captured; or, where it cannot be read any more, that and why."""
    label = _("Sealed record")
    if exhibit.shredded_at is not None:
        return [Row("record", label, _("Destroyed at the end of its retention."))]
    try:
        return _record_rows(hand_over(exhibit=exhibit, to=unit.name, by=actor, at=at))
    except (ExhibitBroken, SealBroken):
        # Police need the rest at once, and they need to know about this.
        log.exception("exhibit %s is not as it was sealed", exhibit.pk)
        return [Row("record", label, _("Not as it was sealed, and left out. Ask the hotline."))]


def _record_rows(record: dict[str, Any]) -> list[Row]:
    """The facts of one capture (`hearthline.capture/1`), as they were sealed."""
    rows = [
        Row("canonical", _("Address"), record["canonical"], "address"),
        Row("raw", _("Address as received"), record["raw"], "address"),
        Row("note", _("Note"), record["note"]),
    ]
    for code, label in (
        ("dns", _("DNS")),
        ("ips", _("IP addresses")),
        ("tls", _("Certificate")),
        ("http", _("HTTP headers")),
    ):
        rows.append(Row(code, label, "\n".join(record[code])))
    rows += [Row(name, name.upper(), value, "hash") for name, value in record["hashes"].items()]
    return [row for row in rows if row.value]


def _custody(exhibit: Exhibit) -> list[Row]:
    return [
        Row(
            f"custody_{number}",
            _("Custody"),
            f"{_utc(event.at)}  {event.get_what_display()}  {event.who}  "
            f"{words_of(event.why)}".rstrip(),
        )
        for number, event in enumerate(exhibit.custody.order_by("at", "pk"), start=1)
    ]


def _left_out() -> Section:
    rows = (
        Row(
            "reporter",
            _("Who reported"),
            _("Not included. Ask the hotline; two people decide about it apart from this package."),
        ),
        Row("words", _("The reporters' own words"), _("Not included, they may say who reported.")),
        Row("content", _("Pictures or files"), _("None. The hotline never takes or keeps any.")),
    )
    return Section("not_included", _("What is not included"), rows)


def _facts(reports: Iterable[Report]) -> list[str]:
    stated = {code for report in reports for code in report.facts}
    return [entry.code for entry in codelists.stated_facts() if entry.code in stated]


def _age(found: Assessment) -> str:
    return _label(codelists.age_bands(), found.age_band)


def _label(entries: Iterable[codelists.Entry], code: str) -> str:
    """The translated label of a code; an unknown code stands for itself."""
    return next((_(entry.label) for entry in entries if entry.code == code), code)


def _yes_no(value: bool) -> str:
    return _("Yes") if value else _("No")


def _time(code: str, label: str, moment: datetime) -> Row:
    return Row(code, label, _utc(moment), "time")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
