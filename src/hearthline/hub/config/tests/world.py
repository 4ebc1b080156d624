# SPDX-License-Identifier: Apache-2.0
"""One small world for the tests of who may do what: a few people, and each ledger at each stage.

Everything told is invented. What people reported themselves holds `OWN`, a word that stands
nowhere else: a page that shows it to them leaks.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from hearthline.hub.accounts.actions import end_service
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases import actions
from hearthline.hub.cases.actions import adult, clear_for_notice, withdrawn
from hearthline.hub.cases.models import Case, StepBack
from hearthline.hub.cases.tests.make import HARMFUL, make_case, make_finding, make_report
from hearthline.hub.directory.actions import join
from hearthline.hub.directory.models import Organisation
from hearthline.hub.directory.tests.make import make_unit
from hearthline.hub.notices.actions import queue_notice
from hearthline.hub.notices.models import Notice
from hearthline.hub.notices.tests.make import make_host
from hearthline.hub.referrals.actions import prepare
from hearthline.hub.referrals.models import Referral
from hearthline.hub.referrals.tests.make import make_keyed_unit, unit_identity
from hearthline.hub.reports.models import Report

OWN = "zinnia"
REPORTER = {"safe_contact": "email", "contact": "reporter@example.org"}
PLAIN, OWN_REPORT, STEPPED_BACK = "plain", "own_report", "stepped_back"

# Who acts in the table, by role; the others are colleagues whose work they find.
ACTORS = {
    Role.ANALYST: "Ana",
    Role.SENIOR_ANALYST: "Sena",
    Role.HOTLINE_MANAGER: "Mara",
    Role.POLICE_LIAISON: "Paulo",
    Role.STATISTICIAN: "Stella",
    Role.OVERSIGHT: "Omar",
    Role.ADMINISTRATOR: "Ada",
}
# Those of them whose work is cases.
READERS = ("Ana", "Sena", "Mara")
COLLEAGUES = {
    "Ben": Role.ANALYST,
    "Bea": Role.ANALYST,
    "Sela": Role.SENIOR_ANALYST,
    "Mina": Role.HOTLINE_MANAGER,
    "Pia": Role.POLICE_LIAISON,
    "Abel": Role.ADMINISTRATOR,
}


@dataclass
class World:
    """People by first name, units, and cases by stage and by whose they are."""

    at: datetime
    people: dict[str, User] = field(default_factory=dict)
    units: dict[str, Organisation] = field(default_factory=dict)
    host: Organisation | None = None
    made: dict[tuple[str, ...], Any] = field(default_factory=dict)
    _number: Any = field(default_factory=itertools.count)

    def __getattr__(self, name: str) -> User:
        try:
            return self.people[name.capitalize()]
        except KeyError:
            raise AttributeError(name) from None

    def once(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        """What is made under `key`, made when it is first asked for."""
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]

    def case(self, stage: str, *, by: str = "Ben", whose: str = PLAIN, known: bool = False) -> Case:
        """The case at `stage`, where `by` took the step that others can only follow."""
        key = ("case", stage, by, whose, str(known))
        return self.once(key, lambda: self._case(stage, self.people[by], whose, known))

    def _case(self, stage: str, by: User, whose: str, known: bool) -> Case:
        number = next(self._number)
        name = OWN if whose == OWN_REPORT else "pages"
        host = "harbour-host.test" if known else "example.org"
        told: dict[str, Any] = {
            "addresses": f"http://{name}.{host}/album/{number}",
            "words": f"Something about {name}.",
            "facts": ["child_identifiable"],
        } | REPORTER
        if whose == OWN_REPORT:
            # Each of them told us of the same place.
            for name in READERS:
                make_report(at=self.at, **told | {"contact": self.people[name].email})
            case = actions.pull(at=self.at)[0]
        else:
            case = make_case(at=self.at, **told)
        STAGES[stage](self, case, by)
        if whose == STEPPED_BACK:
            for name in READERS:
                person = self.people[name]
                StepBack.objects.create(person=person, subject=case.subject, at=self.at)
        return Case.objects.get(pk=case.pk)

    def report(self, case: Case) -> Report:
        """The first of a case."""
        return case.subject.sightings.select_related("report").earliest("pk").report

    def notice(self, stage: str, *, by: str = "Ben", whose: str = PLAIN) -> Notice:
        """The notice of a confirmed case: "sent", "homeless", "waiting" or "gone"."""
        key = ("notice", stage, by, whose)
        return self.once(key, lambda: self._notice(stage, by, whose))

    def _notice(self, stage: str, by: str, whose: str) -> Notice:
        case = self.case(f"noticed: {stage}", by=by, whose=whose, known=stage != "homeless")
        worker = Actor.worker()
        clear_for_notice(case=case, at=self.at, actor=worker)
        notice = queue_notice(case=case, at=self.at, actor=worker)
        if stage != "homeless":
            notice.state, notice.sent_at = Notice.State.SENT, self.at
        if stage == "waiting":
            notice.waits_for = Notice.Waits.SECOND_LOOK
        if stage == "gone":
            notice.state, notice.removed_at = Notice.State.REMOVED, self.at
        notice.save()
        return notice

    def referral(self, unit: str, stage: str = "new", *, whose: str = PLAIN) -> Referral:
        """A package for a unit ("Quay" or "Hill")."""
        key = ("referral", unit, stage, whose)
        return self.once(key, lambda: self._referral(unit, stage, whose))

    def _referral(self, unit: str, stage: str, whose: str) -> Referral:
        case = self.case(f"referred to {unit}: {stage}", whose=whose)
        channel = Referral.Channel.MAIL if stage == "given up" else Referral.Channel.DOOR
        return prepare(case=case, unit=self.units[unit], channel=channel, by=None, at=self.at)


def _free(world: World, case: Case, by: User) -> None:
    """Nobody has it in hand."""


def _in_hand(world: World, case: Case, by: User) -> None:
    actions.claim(case=case, by=by, at=world.at)


def _assessed(world: World, case: Case, by: User) -> None:
    _in_hand(world, case, by)
    actions.assess(case=case, finding=make_finding(), by=by, at=world.at)


def _disagreed(world: World, case: Case, by: User) -> None:
    _assessed(world, case, by)
    finding = make_finding(**HARMFUL, note="I see it otherwise.")
    actions.confirm(case=case, agrees=False, finding=finding, by=world.bea, at=world.at)


def _confirmed(world: World, case: Case, by: User) -> None:
    _assessed(world, case, by)
    actions.confirm(case=case, agrees=True, by=world.bea, at=world.at)


def _child_first(world: World, case: Case, by: User) -> None:
    _in_hand(world, case, world.ben)
    actions.assess(case=case, finding=make_finding(peer=True), by=world.ben, at=world.at)
    actions.confirm(case=case, agrees=True, by=world.bea, at=world.at)


def _adult_asked(world: World, case: Case, by: User) -> None:
    _child_first(world, case, by)
    adult.find_adult(case=case, reason="The profile is an adult's.", by=by, at=world.at)


def _closing(world: World, case: Case, by: User) -> None:
    _confirmed(world, case, world.ben)
    senior = by if Role.SENIOR_ANALYST in by.roles else world.sela
    actions.ask_to_close(case=case, reason="Nothing more to do.", by=senior, at=world.at)


def _withdrawn(world: World, case: Case, by: User) -> None:
    _confirmed(world, case, by)
    withdrawn.stop(case=case, at=world.at)


def _closed(world: World, case: Case, by: User) -> None:
    _in_hand(world, case, by)
    finding = make_finding(outcome="not_illegal", legal_basis="")
    actions.assess(case=case, finding=finding, by=by, at=world.at)
    actions.confirm(case=case, agrees=True, by=world.bea, at=world.at)


STAGES: dict[str, Callable[[World, Case, User], None]] = {
    "free": _free,
    "in hand": _in_hand,
    "assessed": _assessed,
    "disagreed": _disagreed,
    "confirmed": _confirmed,
    "abroad": _confirmed,
    "child first": _child_first,
    "adult asked": _adult_asked,
    "closing": _closing,
    "withdrawn": _withdrawn,
    "closed": _closed,
    # One request at a time for each report.
    **{f"disclosing: {stage}": _free for stage in ("disclosure", "allowed", "opened")},
    # Each case has one notice, and one package for each unit, at one stage.
    **{f"noticed: {stage}": _confirmed for stage in ("sent", "homeless", "waiting", "gone")},
    **{
        f"referred to {unit}: {stage}": _confirmed
        for unit in ("Quay", "Hill")
        for stage in ("new", "held", "given up", "concluded")
    },
}


def make_world() -> World:
    """People, two police units and a host; the rest is made when it is first asked for."""
    at = timezone.now() - timedelta(minutes=5)
    world = World(at=at)
    for role, name in ACTORS.items():
        world.people[name] = make_user(name, role)
    for name, role in COLLEAGUES.items():
        world.people[name] = make_user(name, role)
    for name in ("Nobody", "Gone"):
        world.people[name] = make_user(name)
    end_service(user=world.gone, by=world.ada, at=at, reason="Left for another office.")
    world.units["Quay"] = make_keyed_unit(ada=world.ada, at=at)
    recipient = str(unit_identity().to_public())
    world.units["Hill"] = make_unit(by=world.ada, at=at, name="Hill Police", country="XS")
    world.units["Hill"].age_recipient = recipient
    world.units["Hill"].save()
    world.host = make_host(ada=world.ada, at=at)
    join(user=world.paulo, organisation=world.units["Quay"], by=None, at=at)
    join(user=world.pia, organisation=world.units["Hill"], by=None, at=at)
    return world
