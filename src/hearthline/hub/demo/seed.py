# SPDX-License-Identifier: Apache-2.0
"""Live through the invented month: real actions, moved time, a real mail sink and host.

Runs by itself once Django's settings are in the environment: `python -m hearthline.hub.demo.seed`.
"""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearthline.hub.config.settings")
django.setup()

# The ledgers can be imported only once Django has started, as in a command.
from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from hearthline.hub.accounts.actions import enrol, new_starting_password  # noqa: E402
from hearthline.hub.accounts.models import User  # noqa: E402
from hearthline.hub.blocklists.models import Entry  # noqa: E402
from hearthline.hub.cases.actions import (  # noqa: E402
    Capture,
    Finding,
    assess,
    claim,
    confirm,
    decide,
    read_case,
    seal_exhibit,
)

#
from hearthline.hub.cases.models import Case, Sighting  # noqa: E402
from hearthline.hub.config.worker import sweep_once  # noqa: E402
from hearthline.hub.demo import blocking  # noqa: E402
from hearthline.hub.demo.cast import CAST  # noqa: E402
from hearthline.hub.demo.endpoint import NAME as ENDPOINT  # noqa: E402
from hearthline.hub.demo.endpoint import SECRET  # noqa: E402
from hearthline.hub.demo.host import Pages  # noqa: E402
from hearthline.hub.demo.stories import Story, fresh, stories  # noqa: E402
from hearthline.hub.directory.actions import (  # noqa: E402
    Way,
    add_contact,
    join,
    new_secret,
    set_age_recipient,
)
from hearthline.hub.directory.models import Contact, Organisation  # noqa: E402
from hearthline.hub.notices.actions import record_answer  # noqa: E402
from hearthline.hub.notices.models import Answer, Notice  # noqa: E402
from hearthline.hub.referrals.actions import acknowledge, conclude, pick_up  # noqa: E402
from hearthline.hub.referrals.models import Referral  # noqa: E402
from hearthline.hub.reports.actions import Answers, answer, submit  # noqa: E402
from hearthline.hub.statistics.actions import compile_period, publish  # noqa: E402
from hearthline.kit.codelists import find, incident_types  # noqa: E402

COUNT = 130
STEP = timedelta(hours=6)
# The last hours are left to whoever visits the demonstration.
LEFT_OPEN = timedelta(hours=8)
# When networks begin to block, and how long before the end somebody disputes a block.
BLOCKING, DISPUTED = timedelta(days=12), timedelta(days=2)
HOLDER = "the invented month"


@dataclass
class Month:
    """The people, the host and what each report was about, while time passes."""

    people: dict[str, User]
    unit: Organisation
    pages: Pages
    by_report: dict[object, Story] = field(default_factory=dict)

    def story_of(self, case: Case) -> Story:
        first = Sighting.objects.filter(subject=case.subject).order_by("at", "pk")[0]
        return self.by_report[first.report_id]


def main(now: datetime) -> None:
    start = (
        now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    ).replace(day=1)
    month = Month(_enrol(start), _police(start), Pages(settings.HOME / "host"))
    _join(month, start)
    _take_posts(month, start)
    blocking.add_networks(month.people, start)
    waiting = [*stories(start, now - LEFT_OPEN, COUNT), *fresh(now)]
    at = start
    while at < now:
        at = min(at + STEP, now)
        arrived = [story for story in waiting if story.at <= at]
        waiting = waiting[len(arrived) :]
        for story in arrived:
            _report(month, story)
        sweep_once(holder=HOLDER, at=at)
        if at < now - LEFT_OPEN:
            _work(month, at)
            sweep_once(holder=HOLDER, at=at)
        _host_acts(month, at)
        if at > now - BLOCKING:
            blocking.block(month.people, at)
            blocking.fetch(at)
        if at.day == 3 and at.hour < STEP.seconds // 3600 and at.month != start.month:
            _publish(month, start, at)
    _dispute(month, now - DISPUTED)
    _leave_some_work(month, now)
    for number in range(1, 7):
        month.pages.put_up(f"page-{number}")


def _enrol(at: datetime) -> dict[str, User]:
    return {
        person.key: enrol(
            email=person.email,
            name=person.name,
            password=new_starting_password(),
            roles=[person.role],
            by=None,
            at=at,
        )
        for person in CAST
    }


def _police(at: datetime) -> Organisation:
    unit = Organisation.objects.police_units().first()
    if unit is None:
        raise RuntimeError("the pack of the demonstration names no police unit")
    return unit


def _join(month: Month, at: datetime) -> None:
    recipient = (settings.HOME / "police-unit.pub").read_text(encoding="utf-8").strip()
    set_age_recipient(organisation=month.unit, recipient=recipient, by=None, at=at)
    join(user=month.people["paulo"], organisation=month.unit, by=None, at=at)


def _take_posts(month: Month, at: datetime) -> None:
    """Lantern Networks takes notices by program; the other host reads letters."""
    port = settings.PROBE_HOSTS[ENDPOINT].rpartition(":")[2]
    way = Way(
        Contact.Scope.ABUSE,
        Contact.Channel.POST,
        f"https://{ENDPOINT}:{port}/xarf",
        "invented for the demonstration",
        at.date(),
    )
    host = Organisation.objects.host_of(ENDPOINT)
    if host is None:
        raise RuntimeError("the pack of the demonstration names no host for the endpoint")
    contact = add_contact(organisation=host, way=way, by=month.people["mara"], at=at)
    secret = new_secret(contact=contact, by=month.people["mara"], at=at)
    (settings.HOME / SECRET).write_text(secret, encoding="utf-8")


def _report(month: Month, story: Story) -> None:
    month.pages.put_up(story.page)
    sent = submit(
        answers=Answers(
            audience=story.audience,
            kind=story.kind,
            addresses=_address(story),
            facts=story.facts,
            words=story.words,
            age_band=story.age_band,
            sex=story.sex,
        ),
        language=story.language,
        at=story.at,
    )
    month.by_report[sent.report.pk] = story
    if story.number % 6 == 5:
        answer(
            report=sent.report,
            body="Thank you for telling us. We are looking at it now.",
            by=month.people["ana"],
            at=story.at + timedelta(minutes=50),
        )


def _address(story: Story) -> str:
    port = next(iter(settings.PROBE_HOSTS.values())).rpartition(":")[2]
    return f"http://pages.{story.host}:{port}/{story.page}"


def _work(month: Month, at: datetime) -> None:
    """What the staff do in one stretch of work."""
    ana, ben, sena = (month.people[key] for key in ("ana", "ben", "sena"))
    for case in Case.objects.disagreed():
        finding = _finding(month.story_of(case), note="I read the first finding as the right one.")
        decide(case=case, finding=finding, by=sena, at=at)
    for case in Case.objects.awaiting_second_review().select_related("subject"):
        story = month.story_of(case)
        second = ben if case.assessments.filter(by=ana).exists() else ana
        # Now and then two people see it differently, and a senior decides.
        agrees = story.number % 17 != 16
        own = None if agrees else _finding(story, outcome="harmful", note="Not by our law.")
        confirm(case=case, agrees=agrees, finding=own, by=second, at=at)
    for case in Case.objects.filter(news_at__isnull=False, closed_at__isnull=False):
        read_case(case=case, by=ana, at=at)
    for number, case in enumerate(Case.objects.awaiting_triage().unclaimed(at)):
        analyst = (ana, ben)[number % 2]
        claim(case=case, by=analyst, at=at - timedelta(minutes=9 * (number % 5)))
        if number % 3 == 0:
            _seal(month, case, analyst, at)
        assess(case=case, finding=_finding(month.story_of(case)), by=analyst, at=at)
    _police_act(month, at)


def _seal(month: Month, case: Case, by: User, at: datetime) -> None:
    """What an authorised person wrote down about the address: facts, never content."""
    story = month.story_of(case)
    capture = Capture(
        raw=f"pages.{story.host}/{story.page}",
        ips=("192.0.2.10",),
        http=("HTTP/1.1 200", "content-type: text/html"),
        sha256=sha256(story.page.encode()).hexdigest(),
    )
    seal_exhibit(
        case=case,
        capture=capture,
        captured_at=at - timedelta(minutes=3),
        time_source="analyst",
        by=by,
        at=at,
    )


def _finding(story: Story, outcome: str = "", note: str = "") -> Finding:
    outcome = outcome or story.outcome
    bases = settings.PACK.legal_bases_for(outcome)
    return Finding(
        outcome=outcome,
        incident_type=story.kind,
        fourc=find(incident_types(), story.kind).fourc,
        age_band=story.age_band,
        sex=story.sex,
        # The pack's first law is about material, its last about other exploitation.
        legal_basis=bases[0 if story.kind == "csam_url" else -1].key if bases else "",
        note=note,
    )


def _police_act(month: Month, at: datetime) -> None:
    paulo = month.people["paulo"]
    referrals: Iterable[Referral] = Referral.objects.for_units(
        Organisation.objects.filter(pk=month.unit.pk)
    )
    for number, referral in enumerate(list(referrals)):
        if referral.acknowledged_at is None and at - referral.prepared_at > timedelta(hours=3):
            pick_up(referral=referral, by=paulo, at=at)
            reference = f"SP-{referral.prepared_at:%m%d}-{number}"
            acknowledge(referral=referral, unit_reference=reference, by=paulo, at=at)
        elif (
            referral.acknowledged_at
            and not referral.outcome
            and at - referral.acknowledged_at > timedelta(days=6)
        ):
            conclude(referral=referral, outcome="investigating", by=paulo, at=at)


def _host_acts(month: Month, at: datetime) -> None:
    """Hosts acknowledge and remove, each in its own time."""
    told = Notice.objects.open().filter(sent_at__isnull=False).select_related("case__subject")
    for notice in told:
        story = month.story_of(notice.case)
        waited = at - (notice.sent_at or at)
        if notice.state == Notice.State.SENT and waited > STEP and story.number % 4:
            record_answer(
                notice=notice,
                code=Answer.Code.ACKNOWLEDGED,
                note="",
                by=month.people["ana"],
                at=at,
            )
        if story.removed_after and waited > story.removed_after:
            month.pages.take_down(story.page)


def _publish(month: Month, start: datetime, at: datetime) -> None:
    release = compile_period(period=f"{start:%Y-%m}", by=month.people["stella"], at=at)
    publish(release=release, by=month.people["mara"], at=at)


def _dispute(month: Month, at: datetime) -> None:
    """Somebody disputes the first block in force."""
    entry = Entry.objects.in_force(at).filter(case__isnull=False).order_by("listed_at").first()
    if entry is not None and entry.case is not None:
        blocking.dispute(_address(month.story_of(entry.case)), at)


def _leave_some_work(month: Month, now: datetime) -> None:
    """A case in somebody's hands, and three that wait for a second person."""
    ana, ben = month.people["ana"], month.people["ben"]
    calm = [case for case in Case.objects.awaiting_triage() if case.level in {"U2", "U3", "U4"}]
    for case in calm[:3]:
        claim(case=case, by=ben, at=now - timedelta(minutes=25))
        assess(
            case=case,
            finding=_finding(month.story_of(case)),
            by=ben,
            at=now - timedelta(minutes=15),
        )
    for case in calm[3:4]:
        claim(case=case, by=ana, at=now - timedelta(minutes=5))
    sweep_once(holder=HOLDER, at=now)


if __name__ == "__main__":
    main(timezone.now())
    sys.stdout.write(f"{Path(settings.HOME).name} is ready\n")
