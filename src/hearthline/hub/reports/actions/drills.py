# SPDX-License-Identifier: Apache-2.0
"""Exercises: an invented report that walks every hand-over and reaches nobody real.

The mark is set here, when the report is made, and nowhere else; a trigger keeps it as it is.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.reports.actions.answers import Answers
from hearthline.hub.reports.actions.submitting import Submitted, submit
from hearthline.hub.reports.models import Audience, Drill
from hearthline.hub.sealing.actions import open_as_desk
from hearthline.hub.sealing.words import seal_words
from hearthline.kit.formats.package import new_key_pair


class Template(models.TextChoices):
    """What an exercise is about. Each is invented, and harmless to read."""

    PAGE = "page", _("A page, reported by somebody who saw it")
    URGENT = "urgent", _("A page, and a child who may be in danger now")
    WORDS = "words", _("A teacher who tells in words, without an address")


class ReasonNeeded(ValueError):
    """An exercise is begun for a reason, which is kept in the audit log."""


class AlreadyGone(ValueError):
    """The invented page was removed before."""


@dataclass(frozen=True)
class _Story:
    audience: str
    kind: str
    words: str
    facts: tuple[str, ...] = ()
    # The host of the invented page (RFC 2606, RFC 6761); "" where none is named.
    host: str = ""


_WORDS: Final = "EXERCISE. Invented, for practice only. "
_STORIES: Final = {
    Template.PAGE: _Story(
        Audience.PUBLIC,
        "csam_url",
        _WORDS + "I came across this page and think that somebody should look at it.",
        host="example.org",
    ),
    Template.URGENT: _Story(
        Audience.PUBLIC,
        "grooming",
        _WORDS + "Somebody on this page asks a child to meet today.",
        facts=("meeting_planned",),
        host="forum.exercise.test",
    ),
    Template.WORDS: _Story(
        Audience.PROFESSIONAL,
        "other",
        _WORDS + "A pupil told me that something online worries them. I have no address.",
    ),
}


@transaction.atomic
def start_drill(*, template: str, reason: str, by: User, at: datetime) -> Submitted:
    """Make the report of an exercise. Whoever begins it gets the receipt, to play the reporter.

    Raises NotAllowed, ReasonNeeded, and ValueError for an unknown template.
    """
    require(by, Permission.REPORTS_DRILL_START)
    if not reason.strip():
        raise ReasonNeeded
    story = _STORIES[Template(template)]
    # No two exercises are about one page, so that they do not join each other either.
    page = f"https://{story.host}/exercise/{secrets.token_hex(4)}" if story.host else ""
    answers = Answers(
        audience=story.audience,
        kind=story.kind,
        words=story.words,
        addresses=page,
        facts=story.facts,
    )
    made = submit(answers=answers, language=get_language() or "en", at=at, exercise=True)
    why = seal_words(reason.strip()[:500], about=made.report.pk, at=at)
    secret, public = new_key_pair()
    drill = Drill(
        report=made.report,
        data_key=made.report.data_key,
        template=template,
        started_by=by,
        started_at=at,
        reason=why,
        age_recipient=public,
    )
    drill.seal(open_as_desk(made.report.data_key), "age_identity", secret)
    drill.save(force_insert=True)
    record(
        at=at,
        actor=by.actor,
        verb="reports.drill_start",
        about=made.report,
        template=template,
        reason=why,
    )
    return made


@transaction.atomic
def remove_page(*, drill: Drill, by: User, at: datetime) -> None:
    """The invented host removes the page: our looks find it gone from now on.

    Raises NotAllowed, AlreadyGone.
    """
    require(by, Permission.REPORTS_DRILL_START)
    rows = Drill.objects.filter(pk=drill.pk, gone_at__isnull=True)
    if not rows.update(gone_at=at):
        raise AlreadyGone
    record(at=at, actor=by.actor, verb="reports.drill_gone", about=drill.report)
