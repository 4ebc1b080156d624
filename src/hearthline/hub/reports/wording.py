# SPDX-License-Identifier: Apache-2.0
"""What the pages of this room say, by audience. A child's page speaks to a child."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from hearthline.hub.reports.models import Audience, Report, Step
from hearthline.hub.ui.cards import CardLabel
from hearthline.kit import codelists

Choices = list[tuple[str, str | CardLabel]]
Words = str | Promise

_ICONS: Final = {
    "grooming": "message.svg",
    "extortion_sexual": "threat.svg",
    "extortion_money": "threat.svg",
    "self_generated": "image.svg",
    "ncii_peer": "image.svg",
    "synthetic": "image.svg",
    "unwanted_sexual": "message.svg",
    "live_abuse": "screen.svg",
    "trafficking": "threat.svg",
    "csam_url": "screen.svg",
    "cyberbullying": "people.svg",
    "self_harm": "screen.svg",
    "challenge": "people.svg",
    "hate_violence": "screen.svg",
    "extremism": "people.svg",
    "impersonation": "lock.svg",
    "fraud": "lock.svg",
    "privacy": "lock.svg",
}


def say(label: str) -> str:
    """A label of the code lists in the language of the page."""
    return gettext(label)


def kinds(audience: str) -> Choices:
    """Kinds of report shown to this audience, as cards with an example."""
    return [
        (
            kind.code,
            CardLabel(
                say(kind.label_child if audience == Audience.CHILD else kind.label_public),
                say(
                    kind.example
                    if audience == Audience.CHILD
                    else kind.example_public or kind.example
                ),
                _ICONS.get(kind.code, "question.svg"),
            ),
        )
        for kind in codelists.incident_types()
        if _shown(kind, audience)
    ]


def facts(audience: str) -> Choices:
    """Stated facts shown to this audience."""
    return [
        (fact.code, say(fact.label_child if audience == Audience.CHILD else fact.label_public))
        for fact in codelists.stated_facts()
        if _shown(fact, audience)
    ]


def ages(audience: str) -> Choices:
    """Age bands of a child, and not known."""
    bands = [band for band in codelists.age_bands() if band.code != "adult"]
    return [(band.code, say(_spoken(band, audience))) for band in bands]


def sexes(audience: str) -> Choices:
    """Sex as stated, and not known."""
    return [(sex.code, say(_spoken(sex, audience))) for sex in codelists.sexes()]


def named(codes: Iterable[str], choices: Choices) -> str:
    """The labels of `codes`, in the order of the list, for the summary before sending."""
    wanted = set(codes)
    return " · ".join(str(label) for code, label in choices if code in wanted)


def found(outcome: str, audience: str, *, child_first: bool = False) -> str:
    """What an assessment found, in one sentence for this audience; "" where there is none.

    `child_first`: young people may have made or shared it, and no child is told of the law.
    """
    try:
        entry = codelists.find(codelists.assessment_outcomes(), outcome)
    except codelists.UnknownCodeError:
        return ""
    if audience != Audience.CHILD:
        return say(entry.sentence)
    return say((child_first and entry.sentence_child_first) or entry.sentence_child)


def length(time: timedelta) -> str:
    """A length of time in words: "45 minutes", "12 hours", "3 days"."""
    minutes = int(time.total_seconds()) // 60
    hours, odd = divmod(minutes, 60)
    if odd or not hours:
        return _minutes(minutes)
    # Up to two days, hours say it better: "24 hours", not "1 day".
    return _hours(hours) if hours % 24 or hours <= 48 else _days(hours // 24)


def step_title(step: str, audience: str) -> Words:
    """One sentence for a step of the reporter's timeline."""
    own, other = STEPS[Step.Code(step)]
    return own if audience == Audience.CHILD else other


def went_out(steps: Iterable[Step]) -> list[str]:
    """What has left us about a report and cannot be called back, a sentence each, oldest first."""
    return [
        gettext(_WENT_OUT[step.code]) % {"time": date_format(localtime(step.at), "DATETIME_FORMAT")}
        for step in steps
        if step.code in _WENT_OUT
    ]


_WENT_OUT: Final[dict[str, str]] = {
    Step.Code.POLICE_TOLD: gettext_noop("We told the police on %(time)s."),
    Step.Code.HOST_TOLD: gettext_noop("On %(time)s we asked the site to take it down."),
    Step.Code.REMOVED: gettext_noop("We found it gone on %(time)s."),
}
# For a child, then for others.
STEPS: Final[dict[Step.Code, tuple[Words, Words]]] = {
    Step.Code.RECEIVED: (_("We have what you told us."), _("We received your report.")),
    Step.Code.IN_REVIEW: (
        _("A person from our team is reading it."),
        _("A person from our team is looking at it."),
    ),
    Step.Code.JUDGED: (_("Two people looked at it."), _("Two people have assessed it.")),
    Step.Code.POLICE_TOLD: (_("We told the police."), _("We told the police.")),
    Step.Code.HOST_TOLD: (
        _("We asked the site to take it down."),
        _("We asked the site to take it down."),
    ),
    Step.Code.REMOVED: (_("It has been taken down."), _("It is no longer online.")),
    Step.Code.BACK_AGAIN: (
        _("It came back. We are working on it again."),
        _("It came back online. We are working on it again."),
    ),
    Step.Code.SUPPORT: (_("There is help for you."), _("There is help for the child.")),
    Step.Code.CLOSED: (_("Our work on this is done."), _("Our work on this is done.")),
    Step.Code.WITHDRAWN: (_("You took it back."), _("You withdrew your report.")),
}

# For each step of the form: its question and what stands under it. For a child, the public, staff
# who work with children.
QUESTIONS: Final[dict[str, dict[str, tuple[Words, Words]]]] = {
    "what": {
        Audience.CHILD: (
            _("What happened?"),
            _("Choose what fits best. It is not your fault. You are not in trouble."),
        ),
        Audience.PUBLIC: (_("What did you see?"), _("Choose what fits best.")),
        Audience.PROFESSIONAL: (_("What is it about?"), _("Choose what fits best.")),
    },
    "where": {
        Audience.CHILD: (
            _("Where did it happen?"),
            _("Tell us what you know. It is fine to leave things empty."),
        ),
        Audience.PUBLIC: (
            _("Where is it?"),
            _("Tell us what you know. Leave empty what you don't."),
        ),
        Audience.PROFESSIONAL: (
            _("Where is it, or where did it happen?"),
            _("Tell us what you know. Leave empty what you don't."),
        ),
    },
    "now": {
        Audience.CHILD: (
            _("Is any of this true?"),
            _("Tick what fits. Not sure? Leave it empty."),
        ),
        Audience.PUBLIC: (
            _("Is any of this true?"),
            _("Tick what applies. Leave it empty if you are not sure."),
        ),
        Audience.PROFESSIONAL: (
            _("Does any of this apply?"),
            _("Tick what applies. Leave it empty if you are not sure."),
        ),
    },
    "words": {
        Audience.CHILD: (
            _("Tell us what happened"),
            _("Use your own words. It can be short."),
        ),
        Audience.PUBLIC: (
            _("What should we know?"),
            _("What you saw, when, and anything that helps us find it. It can be short."),
        ),
        Audience.PROFESSIONAL: (
            _("What should we know?"),
            _("What was said or seen, when, and what has been done so far. It can be short."),
        ),
    },
    "child": {
        Audience.CHILD: (
            _("A little about you"),
            _("This helps us find the right people to help you."),
        ),
        Audience.PUBLIC: (_("About the child, if you know"), _("A guess is not needed.")),
        Audience.PROFESSIONAL: (_("About the child, if you know"), _("A guess is not needed.")),
    },
    "contact": {
        Audience.CHILD: (
            _("Is it safe for us to write back?"),
            _("You can always read our answer here, with your receipt. Nobody else sees it."),
        ),
        Audience.PUBLIC: (
            _("May we write back to you?"),
            _("You can always read our answer here, with your receipt. You can stay unnamed."),
        ),
        Audience.PROFESSIONAL: (
            _("May we write back to you?"),
            _("You can always read our answer here, with your receipt. You can stay unnamed."),
        ),
    },
    "send": {
        Audience.CHILD: (_("Ready to send?"), ""),
        Audience.PUBLIC: (_("Check and send"), ""),
        Audience.PROFESSIONAL: (_("Check and send"), ""),
    },
}

WAYS: Final[dict[str, tuple[Words, Words]]] = {
    Report.SafeContact.RECEIPT: (
        _("Only here, with my receipt"),
        _("The safest way. We never call or write to you."),
    ),
    Report.SafeContact.EMAIL: (
        _("By e-mail"),
        _("Only if nobody else can read it."),
    ),
    Report.SafeContact.PHONE: (
        _("By telephone"),
        _("Only if nobody else picks up your phone."),
    ),
}

Shown = codelists.IncidentType | codelists.StatedFact


def _shown(entry: Shown, audience: str) -> bool:
    return {
        Audience.CHILD.value: entry.shown_to_children,
        Audience.PUBLIC.value: entry.shown_to_public,
        Audience.PROFESSIONAL.value: entry.shown_to_professionals,
    }[audience]


def _spoken(entry: codelists.AgeBand | codelists.Sex, audience: str) -> str:
    return entry.label_child if audience == Audience.CHILD else entry.label


def _minutes(count: int) -> str:
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {
        "count": number_format(count)
    }


def _hours(count: int) -> str:
    return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": number_format(count)}


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": number_format(count)}
