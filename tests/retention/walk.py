# SPDX-License-Identifier: Apache-2.0
"""One report walks to its end in a database of its own; what is known on the way goes to a file.

Run as a program with the environment of an installation: `walk.py begin NOTES`, then `walk.py end
NOTES`. Everything told is invented; each marker stands in one place only.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hearthline.hub.config.start import start_django

start_django("walk")

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from pyrage.x25519 import Identity  # noqa: E402

from hearthline.hub.accounts.models import User  # noqa: E402
from hearthline.hub.accounts.permissions import Role  # noqa: E402
from hearthline.hub.accounts.tests.make import make_user  # noqa: E402
from hearthline.hub.audit.models import Actor, Entry  # noqa: E402
from hearthline.hub.cases import actions as cases  # noqa: E402
from hearthline.hub.cases.models import Assessment, Case, Disclosure, LevelChange  # noqa: E402
from hearthline.hub.config.worker import SWEEPS  # noqa: E402
from hearthline.hub.directory.actions import join, seed_from_pack, set_age_recipient  # noqa: E402
from hearthline.hub.directory.models import Organisation  # noqa: E402
from hearthline.hub.evidence.models import CustodyEvent  # noqa: E402
from hearthline.hub.mail.models import Letter  # noqa: E402
from hearthline.hub.mail.tests.make import Inbox, mail_server  # noqa: E402
from hearthline.hub.notices import actions as notices  # noqa: E402
from hearthline.hub.notices.models import Answer, Check, Notice, Watch  # noqa: E402
from hearthline.hub.referrals import actions as referrals  # noqa: E402
from hearthline.hub.referrals.models import Hold, Referral  # noqa: E402
from hearthline.hub.reports import actions as reports  # noqa: E402
from hearthline.hub.reports.models import Report  # noqa: E402
from hearthline.hub.sealing.actions import KeyDestroyed, open_as_desk  # noqa: E402
from hearthline.hub.sealing.models import SealedRow  # noqa: E402
from hearthline.hub.sealing.words import words_of  # noqa: E402
from hearthline.hub.statistics.actions.counting import count  # noqa: E402
from hearthline.hub.statistics.actions.periods import Month  # noqa: E402
from hearthline.kit.urls import Observation, Verdict  # noqa: E402
from tests.retention.markers import MARKERS  # noqa: E402

START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


def sweep(at: datetime) -> None:
    """One round of the worker, its looks at addresses left out."""
    for each in SWEEPS:
        if each.__name__ != "check_availability":
            each(holder="walk", at=at)


def begin() -> dict[str, Any]:
    """The whole way up to the closing of the cases."""
    call_command("migrate", verbosity=0, interactive=False)
    at, people = START, {}
    seed_from_pack(pack=settings.PACK, by=None, at=at)
    for name, role in (
        ("Ana", Role.ANALYST), ("Ben", Role.ANALYST), ("Sena", Role.SENIOR_ANALYST),
        ("Mara", Role.HOTLINE_MANAGER), ("Ada", Role.ADMINISTRATOR), ("Paulo", Role.POLICE_LIAISON),
    ):  # fmt: skip
        people[name] = make_user(name, role, at=at)
    # The host and the unit are the country pack's own.
    unit = Organisation.objects.police_units().get()
    recipient = str(Identity.generate().to_public())
    set_age_recipient(organisation=unit, recipient=recipient, by=None, at=at)
    join(user=people["Paulo"], organisation=unit, by=None, at=at)

    sent = reports.submit(answers=told(), language="en", at=at)
    reports.write(receipt=sent.receipt, body=MARKERS["reporter's letter"], at=at)
    sweep(at)
    by_kind = {case.subject.kind: case for case in Case.objects.select_related("subject")}
    with mail_server(settings, Inbox()):
        for case in by_kind.values():
            judge(case, sent.report, people, at)
        act(by_kind["url"], people, at + timedelta(hours=2))
        conclude(by_kind.values(), people, at + timedelta(hours=6))
        sweep(at + timedelta(hours=7))
    return {
        "report": str(sent.report.pk),
        "receipt": sent.receipt,
        "opened": opened(sent.receipt),
        "figures": figures(),
    }


def told() -> reports.Answers:
    return reports.Answers(
        audience="public",
        kind="csam_url",
        addresses=f"http://pages.harbour-host.test/{MARKERS['address']}",
        service="chatter.example.org",
        account=MARKERS["account"],
        words=MARKERS["words"],
        safe_contact="email",
        contact=MARKERS["contact"],
        code_word=MARKERS["code word"],
    )


def judge(case: Case, report: Report, people: dict[str, User], at: datetime) -> None:
    ana, ben, mara = people["Ana"], people["Ben"], people["Mara"]
    cases.claim(case=case, by=ana, at=at)
    cases.raise_level(case=case, level="U0", by=ana, at=at, reason=MARKERS["urgency"])
    attached = cases.seal_exhibit(
        case=case, capture=cases.Capture(note=MARKERS["exhibit"]), captured_at=at,
        time_source="analyst", by=ana, at=at,
    )  # fmt: skip
    cases.open_exhibit(
        case=case, exhibit=attached.exhibit, reason=MARKERS["opening"], by=ana, at=at
    )
    cases.write_to_reporter(case=case, report=report, body=MARKERS["desk's letter"], by=ana, at=at)
    finding = cases.Finding(
        outcome="baseline", incident_type="csam_url", fourc=("4C.content.sex",),
        legal_basis="children_act_12", note=MARKERS["note"],
    )  # fmt: skip
    cases.assess(case=case, finding=finding, by=ana, at=at)
    cases.confirm(case=case, agrees=True, by=ben, at=at)
    asked = cases.request_disclosure(
        case=case, report=report, reason=MARKERS["disclosure"], by=ana, at=at
    )
    cases.decide_disclosure(disclosure=asked, approve=True, by=mara, at=at)
    cases.open_disclosure(disclosure=asked, by=ana, at=at)


def act(case: Case, people: dict[str, User], at: datetime) -> None:
    """Police hear, ask to wait, let go; the host hears and answers; somebody looks."""
    paulo, ana = people["Paulo"], people["Ana"]
    sweep(at)
    sweep(at)
    referral = Referral.objects.get(case=case)
    referrals.pick_up(referral=referral, by=paulo, at=at)
    reference = MARKERS["unit reference"]
    referrals.acknowledge(referral=referral, unit_reference=reference, by=paulo, at=at)
    until = at + timedelta(hours=1)
    referrals.ask_hold(referral=referral, until=until, reason=MARKERS["hold"], by=paulo, at=at)
    referrals.lift_hold(referral=referral, by=paulo, at=at)
    for minutes in (1, 2, 3):
        sweep(at + timedelta(minutes=minutes))
    notice = Notice.objects.get(case=case)
    notices.record_answer(
        notice=notice, code=Answer.Code.ACKNOWLEDGED, note=MARKERS["host's answer"], by=ana, at=at
    )
    watch = Watch.objects.get(notice=notice)
    Watch.objects.filter(pk=watch.pk).update(lease_by="walk")
    seen = Observation(f"http://x.test/{MARKERS['address']}", Verdict.PRESENT, "http_200", ())
    notices.record_check(watch=watch, seen=seen, holder="walk", at=at)


def conclude(closing: Any, people: dict[str, User], at: datetime) -> None:
    for case in closing:
        sena, ben = people["Sena"], people["Ben"]
        cases.ask_to_close(case=case, reason=MARKERS["asked to close"], by=sena, at=at)
        cases.keep_open(case=case, reason=MARKERS["kept open"], by=ben, at=at)
        cases.ask_to_close(case=case, reason=MARKERS["asked to close"], by=sena, at=at)
        cases.agree_to_close(case=case, by=ben, at=at)


def end() -> dict[str, Any]:
    """The pack's times pass. What is still open afterwards, and the figures again."""
    policy = settings.PACK.retention
    closed = START + timedelta(hours=7)
    for days in (policy.report_days, policy.evidence_days, policy.case_days):
        for _ in range(3):
            sweep(closed + timedelta(days=days + 1))
    return {"figures": figures()}


def figures() -> str:
    month = Month.read("2026-10", zone=settings.PACK.country.timezone)
    return repr(count(month, languages=["en"]))


def opened(receipt: str) -> str:
    """Everything this installation can read with all its keys, in one text."""
    ana = User.objects.get(email="ana@example.org")
    at = datetime(2028, 1, 1, tzinfo=UTC)
    parts: list[str] = []

    def take(read: Callable[..., Any], **named: Any) -> None:
        try:
            parts.append(str(read(**named)))
        except (KeyDestroyed, cases.ExhibitShredded, referrals.PackageGone, reports.ReportGone):
            parts.append("ended")

    def sealed(row: SealedRow, field: str) -> str:
        return row.unseal(open_as_desk(row.data_key), field)

    for case in Case.objects.all():
        take(cases.read_case, case=case, by=ana, at=at)
        take(cases.subject_address, case=case, actor=Actor.worker(), at=at, purpose="t")
        for one in case.exhibits.all():
            take(cases.open_exhibit, case=case, exhibit=one.exhibit, reason="x", by=ana, at=at)
    for report in Report.objects.all():
        take(reports.read_report, report=report, by=ana, at=at)
        take(sealed, row=report, field="contact")
    take(reports.come_back, receipt=receipt, at=at)
    for letter in Letter.objects.all():
        take(sealed, row=letter, field="message")
    for check in Check.objects.all():
        take(notices.open_check, check=check, by=ana, at=at)
    parts.extend(Referral.objects.values_list("unit_reference", flat=True))
    for model, name in (
        (LevelChange, "reason"), (Disclosure, "reason"), (Hold, "reason"), (Answer, "note"),
        (CustodyEvent, "why"), (Entry, "reason"),
    ):  # fmt: skip
        parts.extend(words_of(getattr(row, name)) for row in model.objects.all())
    parts.append(str(Assessment.objects.count()))
    return "\n".join(parts)


def main(act: str, notes: Path) -> None:
    if act == "begin":
        found = begin()
    elif act == "end":
        found = end()
    else:
        found = {}
    if act in {"end", "look"}:
        found["opened"] = opened(json.loads(notes.read_text())["receipt"])
        sys.stdout.write(json.dumps(found))
        return
    notes.write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
