# SPDX-License-Identifier: Apache-2.0
"""Reading an exercise: each hand-over beside the clock the pack promises, and what would have left.

Nothing is kept twice: times are those of the ledgers the case passed through.
"""

import email
import email.policy
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.models import Assessment, Case
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.models import Delivery, Notice, Post
from hearthline.hub.referrals.models import Referral
from hearthline.hub.reports.models import Drill, Step
from hearthline.hub.sealing.actions import KeyDestroyed, open_as_desk
from hearthline.hub.sealing.words import words_of
from hearthline.hub.ui.templatetags.face import short
from hearthline.kit.formats.package import Section, open_package


@dataclass(frozen=True)
class HandOver:
    """One hand-over: when it could begin, when it was done (None: not yet) and by when it was due.

    `due` is None where the country's policy promises no time.
    """

    title: str | Promise
    since: datetime | None
    done: datetime | None
    due: datetime | None = None

    @property
    def took(self) -> str | None:
        """How long it took, as people say it; None where that is not known."""
        if self.since is None or self.done is None:
            return None
        return short(max(self.done - self.since, timedelta(0)))

    def is_late(self, at: datetime) -> bool:
        return self.due is not None and (self.done or at) > self.due


@dataclass(frozen=True)
class Outgoing:
    """One letter, package or post as it would have left. `sections` are those of a package."""

    kind: str | Promise
    meant_for: str
    at: datetime
    # Whether it stayed here; otherwise it went to the exercise's own mailbox.
    kept_here: bool
    subject: str = ""
    body: str = ""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Walk:
    """One exercise: its cases, hand-overs, and what can be played next."""

    drill: Drill
    cases: list[Case]
    reason: str
    hand_overs: list[HandOver]
    to_acknowledge: list[Referral]
    may_remove: bool


def read_drill(*, drill: Drill, by: User, at: datetime) -> Walk:
    """How far the exercise has come. Audited."""
    require(by, Permission.REPORTS_DRILL_START)
    cases = cases_of(drill)
    referrals = Referral.objects.filter(case__in=cases).select_related("case", "unit")
    notices = Notice.objects.filter(case__in=cases).select_related("case")
    record(at=at, actor=by.actor, verb="reports.drill_read", about=drill.report)
    return Walk(
        drill,
        cases,
        words_of(drill.reason),
        _hand_overs(drill, cases, list(referrals), list(notices)),
        [one for one in referrals if one.acknowledged_at is None],
        drill.gone_at is None and any(one.state in Notice.OPEN for one in notices if one.sent_at),
    )


def read_outbox(*, drill: Drill, by: User, at: datetime) -> list[Outgoing]:
    """What the exercise wrote, opened, the oldest first. Audited."""
    require(by, Permission.REPORTS_DRILL_START)
    numbers = [case.pk for case in cases_of(drill)]
    referrals = list(Referral.objects.filter(case__in=numbers).select_related("unit"))
    letters = Letter.objects.about_any([*numbers, *(one.pk for one in referrals)])
    posts = Post.objects.filter(notice__case__in=numbers).select_related("data_key", "contact")
    found = [
        *(_letter(one) for one in letters),
        *(_post(one) for one in posts),
        *(_package(drill, one) for one in referrals if one.ended_at is None),
    ]
    record(at=at, actor=by.actor, verb="reports.drill_outbox", about=drill.report, read=len(found))
    return sorted(found, key=lambda one: one.at)


def cases_of(drill: Drill) -> list[Case]:
    """The cases of one exercise, the oldest first."""
    reported = Case.objects.of_report(drill.report).filter(exercise=True)
    return list(reported.order_by("opened_at", "pk"))


def _hand_overs(
    drill: Drill, cases: list[Case], referrals: list[Referral], notices: list[Notice]
) -> list[HandOver]:
    report = drill.report
    found = [HandOver(_("Taken up by the desk"), report.received_at, report.first_taken_at)]
    for case in cases:
        found += _judging(case)
        found += [step for one in referrals if one.case_id == case.pk for step in _police(one)]
        found += [step for one in notices if one.case_id == case.pk for step in _host(one)]
        found.append(HandOver(_("Case closed"), case.confirmed_at, case.closed_at))
    told = dict(report.steps.values_list("code", "at"))
    found.append(HandOver(_("Support told"), report.received_at, told.get(Step.Code.SUPPORT)))
    found.append(HandOver(_("Reporter's page says it is closed"), None, report.closed_at))
    return found


def _judging(case: Case) -> list[HandOver]:
    made = {one.stage: one.at for one in case.assessments.order_by("at")}
    first = made.get(Assessment.Stage.FIRST)
    second = made.get(Assessment.Stage.SENIOR) or made.get(Assessment.Stage.SECOND)
    return [
        HandOver(_("First look"), case.opened_at, case.first_reviewed_at, case.review_due_at),
        HandOver(_("First assessment"), case.opened_at, first),
        HandOver(_("Second person"), first, second, case.second_due_at),
    ]


def _police(referral: Referral) -> list[HandOver]:
    prepared, due = referral.prepared_at, referral.police_due_at
    return [
        HandOver(_("Package prepared"), referral.case.confirmed_at, prepared, due),
        HandOver(_("Package with police"), prepared, referral.with_police_at, due),
        HandOver(_("Police acknowledge"), referral.with_police_at, referral.acknowledged_at),
    ]


def _host(notice: Notice) -> list[HandOver]:
    """The notice, each reminder and escalation that was written, the answer and the removal."""
    cleared = notice.case.notice_cleared_at
    found = [HandOver(_("Notice sent"), cleared, notice.sent_at)]
    later = notice.deliveries.exclude(kind=Delivery.Kind.FIRST)
    found += [
        HandOver(one.get_kind_display(), notice.sent_at, one.carrier.sent_at) for one in later
    ]
    answer = notice.answers.order_by("at").first()
    answered = answer.at if answer else notice.acknowledged_at
    found.append(HandOver(_("Host answers"), notice.sent_at, answered, notice.acknowledge_due_at))
    found.append(HandOver(_("Found gone"), notice.sent_at, notice.removed_at, notice.escalate_at))
    return found


def _letter(letter: Letter) -> Outgoing:
    kind, subject, body = _("Letter"), "", ""
    try:
        raw = letter.unseal(open_as_desk(letter.data_key), "message")
        message = email.message_from_string(raw, EmailMessage, policy=email.policy.default)
        subject, body = str(message["Subject"]), _plain(message)
    except KeyDestroyed:
        pass  # its words ended; that it was written stays
    return Outgoing(
        kind, letter.addressee, letter.queued_at, letter.kept_here, subject=subject, body=body
    )


def _plain(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    return str(part.get_content()) if part is not None else ""


def _post(post: Post) -> Outgoing:
    body = ""
    try:
        body = post.unseal(open_as_desk(post.data_key), "message")
        body = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except KeyDestroyed:
        pass  # as with a letter
    return Outgoing(_("Post to an endpoint"), post.recipient, post.queued_at, True, body=body)


def _package(drill: Drill, referral: Referral) -> Outgoing:
    """The package, opened with the exercise's own key: what police would read."""
    sections: tuple[Section, ...] = ()
    try:
        identity = drill.unseal(open_as_desk(drill.data_key), "age_identity")
        sections = open_package(bytes(referral.package), identity).sections
    except KeyDestroyed:
        pass  # as with a letter
    return Outgoing(
        _("Package for police"), referral.unit.name, referral.prepared_at, True, sections=sections
    )
