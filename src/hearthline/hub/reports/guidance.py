# SPDX-License-Identifier: Apache-2.0
"""What people who report because of their work are told. No law is claimed that no pack states."""

from typing import Final, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hearthline.hub.reports import wording
from hearthline.hub.reports.models import Profession
from hearthline.kit.packs import Pack
from hearthline.kit.packs.pack import Clocks

SOMETHING_TO_LOOK_AT = _("Please write a few words, or give a web address.")

# What each work may leave out, for everybody first.
_ANYBODY: Final = (
    _("The name of the child, if others can be harmed by it."),
    _("Your own name and your employer."),
)
LEAVE_OUT: Final[dict[str, tuple[wording.Words, ...]]] = {
    Profession.TEACHER: (*_ANYBODY, _("The class, and the names of other children.")),
    Profession.HEALTH: (
        *_ANYBODY,
        _("Findings and records: say that they exist, not what is in them."),
    ),
    Profession.SOCIAL_WORKER: (*_ANYBODY, _("The file: say that there is one.")),
    Profession.POLICE: (*_ANYBODY, _("What would harm your own case. We tell you before we act.")),
    Profession.MODERATOR: (
        _("The content itself: give its address or its number at your company, never a copy."),
        _("Names of colleagues who saw it."),
    ),
    Profession.OTHER: _ANYBODY,
}
# Where no pack states a duty.
_GENERIC: Final[dict[str, wording.Words]] = {
    Profession.TEACHER: _(
        "Your school may have rules for this, and the law may oblige you. Ask whoever is "
        "responsible for child protection. You need no proof to tell us."
    ),
    Profession.HEALTH: _(
        "Your professional rules and the law say when you may or must speak. Ask your chamber if "
        "you are unsure. You need no proof to tell us."
    ),
    Profession.SOCIAL_WORKER: _(
        "Your agency has its own duty to protect. A report here does not replace it; it gets "
        "content removed and finds who is behind it."
    ),
    Profession.POLICE: _(
        "A report here does not replace your own procedure. We ask hosts to remove content only "
        "after the police were told."
    ),
    Profession.MODERATOR: _(
        "Your company may have a legal duty to report elsewhere. A report here does not replace "
        "it. If you have many reports, your company's own program can send them faster."
    ),
    Profession.OTHER: _(
        "The law may oblige you to report. If you are unsure, ask whoever is responsible at work. "
        "You need no proof to tell us."
    ),
}


class Duty(NamedTuple):
    """What the duty is, and where it is written ("" where the text claims no law)."""

    text: str
    source: str
    verified: bool


def duty(profession: str, pack: Pack, language: str) -> Duty | None:
    """The duty of this work by the country pack, or what is true everywhere."""
    for stated in pack.duties:
        if stated.profession == profession:
            text = stated.text.get(language) or next(iter(stated.text.values()))
            return Duty(text, stated.source, stated.verified)
    generic = _GENERIC.get(profession)
    return Duty(str(generic), "", False) if generic else None


def what_happens_next(clocks: Clocks, *, in_danger: bool) -> list[str]:
    """The road ahead with the pack's times: when a person reads it, who checks, who is told."""
    level = "U0" if in_danger else "U3"
    look = wording.length(clocks.first_review.of(level))
    second = wording.length(clocks.second_review)
    police = wording.length(clocks.police)
    # The same sentences as beside the receipt, so that a promise is made in the same words.
    road = [
        (gettext("A person from our team reads it."), gettext("Within %(time)s.") % {"time": look}),
        (
            gettext("A second person checks. Nobody decides alone."),
            gettext("Within %(time)s after that.") % {"time": second},
        ),
        (
            gettext("If a law was broken, we act."),
            gettext("The police are told within %(time)s. Then we ask the host to remove it.")
            % {"time": police},
        ),
        (gettext("You see each step with your receipt."),),
    ]
    return [" ".join(sentences) for sentences in road]
