# SPDX-License-Identifier: Apache-2.0
"""What a judgement says, and when it can be taken as one."""

from dataclasses import dataclass

from django.conf import settings

from hearthline.hub.cases.actions.intake import child_first
from hearthline.hub.cases.models import Assessment, Case
from hearthline.kit.codelists import (
    UnknownCodeError,
    age_bands,
    assessment_outcomes,
    find,
    fourc,
    incident_types,
    sexes,
)
from hearthline.kit.urls import refuse_file_content


class FindingRefused(ValueError):
    """A code of the finding is on no list. `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class LegalBasisNeeded(ValueError):
    """An illegal finding names the law it rests on, from the country pack, fitting the outcome.

    `none_in_pack`: the pack has no legal basis at all, so nothing can be found illegal yet.
    """

    def __init__(self, *, none_in_pack: bool) -> None:
        super().__init__("none in pack" if none_in_pack else "needed")
        self.none_in_pack = none_in_pack


@dataclass(frozen=True)
class Finding:
    """One person's judgement, in codes of kit.codelists; `legal_basis` is a key of the pack.

    Age and sex are as stated or as they appear in the report's words; `note` is for colleagues.
    """

    outcome: str
    incident_type: str
    fourc: tuple[str, ...] = ()
    age_band: str = "unknown"
    sex: str = "unknown"
    self_generated: bool = False
    peer: bool = False
    legal_basis: str = ""
    note: str = ""

    @property
    def illegal(self) -> bool:
        return find(assessment_outcomes(), self.outcome).illegal

    @property
    def track(self) -> Case.Track:
        """Peer and self-generated cases are child-first: help leads, not criminal law."""
        if self.peer or self.self_generated or child_first(self.incident_type):
            return Case.Track.CHILD_FIRST
        return Case.Track.STANDARD

    def check(self) -> None:
        """Raise FindingRefused, LegalBasisNeeded or FileContentRefused unless it can stand."""
        _known("outcome", assessment_outcomes(), self.outcome)
        _known("incident_type", incident_types(), self.incident_type)
        _known("age_band", age_bands(), self.age_band)
        _known("sex", sexes(), self.sex)
        for cell in self.fourc:
            _known("fourc", fourc(), cell)
        refuse_file_content(self.note)
        if self.illegal:
            fitting = {basis.key for basis in settings.PACK.legal_bases_for(self.outcome)}
            if self.legal_basis not in fitting:
                raise LegalBasisNeeded(none_in_pack=not settings.PACK.legal_bases)

    @classmethod
    def of(cls, assessment: Assessment, *, note: str) -> "Finding":
        """What an assessment found, with another note."""
        return cls(
            outcome=assessment.outcome,
            incident_type=assessment.incident_type,
            fourc=tuple(assessment.fourc),
            age_band=assessment.age_band,
            sex=assessment.sex,
            self_generated=assessment.self_generated,
            peer=assessment.peer,
            legal_basis=assessment.legal_basis,
            note=note,
        )


def _known(field: str, entries: tuple, code: str) -> None:  # type: ignore[type-arg]
    try:
        find(entries, code)
    except UnknownCodeError as unknown:
        raise FindingRefused(field) from unknown
