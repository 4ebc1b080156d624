# SPDX-License-Identifier: Apache-2.0
"""The records of the rooms around the cases, each in the scopes of `objects`.

A builder is given the world, who asks and what is wanted, and gives the record's number, or None
where nothing of the kind can be that person's.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.utils import timezone
from pyrage.x25519 import Identity

from hearthline.hub.audit.models import Actor
from hearthline.hub.cases import actions as cases
from hearthline.hub.cases.actions import Capture, Place, quarantine
from hearthline.hub.cases.models import Case, Export, FloodClosing, SavedView
from hearthline.hub.cases.tests.make import make_finding
from hearthline.hub.complaints import actions as complaints
from hearthline.hub.complaints.models import Complaint
from hearthline.hub.complaints.tests.make import make_complaint
from hearthline.hub.config.tests.world import OWN, OWN_REPORT, PLAIN, READERS, STEPPED_BACK, World
from hearthline.hub.directory import actions as directory
from hearthline.hub.directory.models import Contact, Membership
from hearthline.hub.directory.tests.make import make_contact, make_organisation, make_unit
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.models import Check, Notice
from hearthline.hub.referrals import actions as referrals
from hearthline.hub.reports import actions as reports
from hearthline.hub.reports.actions import Answers, submit
from hearthline.hub.reports.models import Drill, Report
from hearthline.hub.sealing.actions import mint
from hearthline.hub.statistics import actions as statistics
from hearthline.kit.codelists import police_outcomes

OUTCOMES = [entry.code for entry in police_outcomes()]
JUDGES = {"Ana", "Sena"}
EXPORTERS = {"Sena", "Mara"}
KEEPERS = {"Ana", "Sena", "Mara"}


def exhibit(world: World, case: Case, who: str) -> Any:
    capture = Capture(raw="http://pages.example.org/a", note="An album.")
    return world.once(
        ("exhibit", str(case.pk)),
        lambda: cases.seal_exhibit(
            case=case, capture=capture, captured_at=world.at, time_source="analyst", by=world.ben,
            at=world.at,
        ).exhibit_id,
    )  # fmt: skip


def disclosure(world: World, case: Case, who: str, stage: str) -> Any:
    """A request by `who` to read who reported this case."""

    def make() -> Any:
        by = world.people[who]
        # Each case has one request at a time for each report, so each gets a case of its own.
        asked = cases.request_disclosure(
            case=case, report=world.report(case), reason="To call back.", by=by, at=world.at
        )
        if stage != "asked":
            cases.decide_disclosure(disclosure=asked, approve=True, by=world.mina, at=world.at)
        if stage == "opened":
            cases.open_disclosure(disclosure=asked, by=by, at=world.at)
        return asked.pk

    return world.once(("disclosure", str(case.pk), who, stage), make)


def held(world: World, who: str, what: str) -> Any:
    """A report that a flood brought."""

    own = what == OWN_REPORT
    if own and who not in READERS:
        return None

    def make() -> Report:
        answers = Answers(
            audience="public",
            kind="csam_url",
            words=f"About {OWN}." if own else "Junk, the same again.",
            safe_contact="email" if own else "receipt",
            contact=world.people[who].email if own else "",
        )
        made = submit(answers=answers, language="en", at=world.at, held_because="rush").report
        if what == "released":
            reports.release(report=made, actor=Actor.worker(), at=world.at, because="desk")
            cases.pull(at=world.at)
        return made

    return world.once(("held", what, who if own else ""), make).pk


def alike(world: World) -> dict[str, str]:
    return {"like": str(held(world, "", "free")), "by": "words"}


def closing(world: World, who: str, what: str) -> Any:
    """A request to close reports of a flood: of the person's own, or of somebody else's."""
    if what == "own" and who not in JUDGES:
        return None
    by = world.people[who if what == "own" else "Ben"]

    def make() -> FloodClosing:
        # Others than in `held`, so that nobody has asked for the same before.
        words = f"Junk of {by.name}, {what}."
        answers = Answers(audience="public", kind="csam_url", words=words)
        report = submit(answers=answers, language="en", at=world.at, held_because="rush").report
        asked = quarantine.ask_to_close_flood(
            alike=quarantine.Alike.like(report, "words"), reason="One text.", by=by, at=world.at
        )
        if what == "closed":
            quarantine.keep_held(closing=asked, by=world.bea, at=world.at)
        return asked

    return world.once(("closing", what, by.name), make).pk


def view(world: World, who: str, what: str) -> Any:
    if what == "own" and who not in KEEPERS:
        return None
    owner = world.people[who if what == "own" else "Mina"]

    def make() -> SavedView:
        return cases.save_view(
            name=f"{what} view", shared=what == "shared", place=Place(lane="new"), by=owner,
            at=world.at,
        )  # fmt: skip

    return world.once(("view", what, owner.name), make).pk


def export(world: World, who: str, what: str) -> Any:
    """A request for a file: "own" or "others", and "asked", "refused", "allowed" or "fetched"."""
    whose, stage = what.split()
    if whose == "own" and who not in EXPORTERS:
        return None
    by = world.people[who if whose == "own" else "Mina"]
    # One request waits for each lane.
    lane = {"asked": "second", "refused": "mine", "allowed": "urgent", "fetched": "waiting"}[stage]

    def make() -> Export:
        asked = cases.request_export(place=Place(lane=lane), reason="For the board.", by=by,
                                     at=world.at)  # fmt: skip
        if stage != "asked":
            allowed = stage != "refused"
            cases.decide_export(export=asked, approve=allowed, by=world.sela, at=world.at)
        if stage == "fetched":
            cases.download_export(export=asked, by=by, at=world.at)
        return asked

    return world.once(("export", what, by.name), make).pk


def check(world: World, notice: Notice) -> Any:
    def make() -> Check:
        row, key = mint(at=world.at)
        made = Check(data_key=row, notice=notice, at=world.at, verdict="present", led_on=False)
        made.seal(key, "facts", '{"url": "http://pages.example.org/a"}')
        made.save(force_insert=True)
        return made

    return world.once(("check", str(notice.pk)), make).pk


def referral(world: World, who: str, what: str) -> Any:
    stage, _, whose = what.partition(": ")
    if stage in (OWN_REPORT, STEPPED_BACK):
        stage, whose = "new", stage

    found = world.referral("Quay", stage, whose=whose or PLAIN)
    if stage == "given up":
        Letter.objects.filter(pk=found.letter_id).update(state=Letter.State.GIVEN_UP)
    return found.pk


def package(world: World, who: str, what: str, stage: str) -> Any:
    """A package of the person's own unit, or of the other; "concluded" is of their own, over."""
    if who == "Pia":
        own, other, liaison = "Hill", "Quay", world.pia
    else:
        own, other, liaison = "Quay", "Hill", world.paulo
    unit = other if what == "others" else own
    found = world.referral(unit, "concluded" if what == "concluded" else stage)

    def begin() -> bool:
        by = liaison if unit == own else {"Quay": world.paulo, "Hill": world.pia}[unit]
        if what == "concluded":
            outcome = next(entry.code for entry in police_outcomes() if entry.final)
            referrals.acknowledge(referral=found, unit_reference="Q-1", by=by, at=world.at)
            referrals.conclude(referral=found, outcome=outcome, by=by, at=world.at)
        elif stage == "held":
            until = timezone.now() + timedelta(hours=2)
            referrals.ask_hold(referral=found, until=until, reason="A visit.", by=by, at=world.at)
        return True

    world.once(("package", str(found.pk)), begin)
    return found.pk


def soon(world: World) -> str:
    local = timezone.localtime(timezone.now() + timedelta(hours=2))
    return local.strftime("%Y-%m-%dT%H:%M")


def complaint(world: World, who: str, what: str) -> Any:
    """A complaint in nobody's hands, in somebody's, answered, or about what Mara worked on."""
    if what == "own" and who != "Mara":
        return None
    by = world.mara if what == "own" else world.mina

    def make() -> Complaint:
        receipt = ""
        if what in ("worked on", OWN_REPORT):
            own = what == OWN_REPORT
            told = {"safe_contact": "email", "contact": world.mara.email} if own else {}
            answers = Answers(
                audience="public", kind="csam_url", words=f"About {OWN if own else 'a page'}.",
                addresses=f"http://pages.example.org/{what.replace(' ', '-')}", **told,
            )  # fmt: skip
            receipt = submit(answers=answers, language="en", at=world.at).receipt
            (case,) = cases.pull(at=world.at)
            if not own:
                cases.raise_level(case=case, level="U1", by=world.mara, at=world.at)
        words = f"About {OWN}." if what == OWN_REPORT else "It took too long."
        made = make_complaint(at=world.at, receipt="", words=words, report_receipt=receipt)
        found = made.complaint
        if what in ("own", "others", "closed"):
            complaints.acknowledge(complaint=found, by=by, at=world.at)
        if what == "closed":
            complaints.answer(
                complaint=found, outcome="upheld", words="Yes.", change="", by=by, at=world.at
            )
        return found

    return world.once(("complaint", what), make).pk


def organisation(world: World, who: str, what: str, kind: str = "host") -> Any:
    def make() -> Any:
        name = f"{what} {kind}"
        build = make_unit if kind == "police" else make_organisation
        made = build(by=world.ada, at=world.at, name=name)
        if what == "closed":
            directory.retire(organisation=made, reason="Closed.", by=world.ada, at=world.at)
        return made

    return world.once(("organisation", what, kind), make).pk


def contact(world: World, who: str, what: str, channel: str = "email") -> Any:
    def make() -> Contact:
        one = make_organisation(by=world.ada, at=world.at, name=f"Host with {what} {channel}")
        post = {"channel": Contact.Channel.POST, "value": "https://quay.example.org/xarf"}
        made = make_contact(one, by=world.ada, at=world.at, **(post if channel == "post" else {}))
        if what == "closed":
            directory.end_contact(contact=made, reason="Gone.", by=world.ada, at=world.at)
        return made

    return world.once(("contact", what, channel), make).pk


def domain(world: World, who: str, what: str) -> Any:
    assert world.host is not None
    return world.host.domains.get().pk


def membership(world: World, who: str, what: str) -> Any:
    return Membership.objects.get(user=world.pia).pk


def key(world: World, who: str, what: str) -> Any:
    def make() -> Any:
        made = program_key(world, f"Tools of {what}", "reports:write")
        if what == "closed":
            directory.revoke_key(key=made.key, reason="Lost.", by=world.ada, at=world.at)
        return made.key

    return world.once(("key", what), make).pk


def drill(world: World, who: str, what: str) -> Any:
    """An exercise of a manager's that two people have confirmed, and its package for police."""

    def make() -> dict[str, Any]:
        template = reports.Template.PAGE
        made = reports.start_drill(template=template, reason="A rehearsal.", by=world.mina,
                                   at=world.at)  # fmt: skip
        case = cases.pull(at=world.at)[0]
        cases.claim(case=case, by=world.ben, at=world.at)
        cases.assess(case=case, finding=make_finding(), by=world.ben, at=world.at)
        cases.confirm(case=case, agrees=True, by=world.bea, at=world.at)
        case.refresh_from_db()
        package = referrals.prepare(
            case=case, unit=world.units["Quay"], channel="door", by=None, at=world.at
        )
        return {"pk": Drill.objects.get(report=made.report).pk, "referral": package.pk}

    whole = world.once(("drill",), make)
    if what == "package":
        return whole
    if what == "another's package":
        return whole | {"referral": world.referral("Quay").pk}
    return whole["pk"]


def program_key(world: World, name: str, *scopes: str) -> Any:
    """A key of an organisation of this name, with its text."""
    return directory.make_key(
        organisation=program(world, name), name="tool", scopes=scopes, by=world.ada, at=world.at
    )


def program(world: World, name: str) -> Any:
    return world.once(
        ("program", name), lambda: make_organisation(by=world.ada, at=world.at, name=name)
    )


@cache
def recipient() -> str:
    return str(Identity.generate().to_public())


def month(world: World, back: int = 1) -> dict[str, str]:
    """The last month that is over, or the one `back` before today's."""
    day: datetime = timezone.localtime(world.at)
    for _ in range(back):
        day = day.replace(day=1) - timedelta(days=1)
    return {"period": day.strftime("%Y-%m")}


def release(world: World, who: str, what: str) -> Any:
    """Figures that Stella compiled: not public yet, or public."""

    def make() -> Any:
        period = month(world, 3 if what == "closed" else 2)["period"]
        made = statistics.compile_period(period=period, by=world.stella, at=world.at)
        if what == "closed":
            statistics.publish(release=made, by=world.mina, at=world.at)
        return made

    return world.once(("release", what), make).pk


def figures(world: World, who: str, what: str, kind: str = "") -> Any:
    """The public address of a month: of one that is public, or of one that is not."""
    release(world, who, what)
    args: dict[str, Any] = month(world, 3 if what == "closed" else 2)
    return args | ({"revision": 1, "kind": kind} if kind else {})


def person(world: World, who: str, what: str, role: str = "") -> Any:
    """A colleague, oneself, or somebody who works here no longer."""
    one = world.people[{"open": "Ben", "own": who, "closed": "Gone"}[what]]
    return {"pk": one.pk} | ({"role": next(iter(one.roles), "analyst")} if role else {})


def sent_report(world: World, who: str, what: str) -> Any:
    """A report that the program of "Partner" sent, or the one of another."""
    name = "Partner" if what == "own" else "Another"

    def make() -> Report:
        one = program(world, name)
        answers = Answers(audience="professional", kind="csam_url", words="Something.")
        made = submit(
            answers=answers, language="en", at=world.at, partner=one, channel="api",
            with_receipt=False,
        ).report  # fmt: skip
        cases.pull(at=world.at)
        return made

    return {"report": world.once(("sent", name), make).pk}
