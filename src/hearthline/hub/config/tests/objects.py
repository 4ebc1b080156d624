# SPDX-License-Identifier: Apache-2.0
"""For each route its address in each scope that makes sense, with a form that would be accepted.

`own` is in the hands of whoever asks, `others` in somebody else's, `free` in nobody's; `closed`
is over; `own_report` was reported by the person who asks; `stepped_back` is what they want
nothing to do with any more. The form is right in each, so that a refusal is one of the person or
of the state. A route that stands in no list here has no record of its own: its scope is `any`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from hearthline.hub.cases.models import Case
from hearthline.hub.config.tests import objects_abroad as abroad
from hearthline.hub.config.tests import objects_appeals as appeals
from hearthline.hub.config.tests import objects_blocklists as blocklists
from hearthline.hub.config.tests import objects_providers as providers
from hearthline.hub.config.tests import objects_rooms as rooms
from hearthline.hub.config.tests import objects_second as second
from hearthline.hub.config.tests.world import OWN_REPORT, PLAIN, STEPPED_BACK, World
from hearthline.kit.codelists import host_refusals


@dataclass(frozen=True)
class Target:
    """Where a request goes: the arguments of the route, and what a form there is sent with."""

    args: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)


Find = Callable[[World, str], Target | None]
NOT_MINE = {OWN_REPORT: OWN_REPORT, STEPPED_BACK: STEPPED_BACK}
JUDGES = {"Ana", "Sena"}
REASON = {"reason": "A plain reason."}
APPEAL = {
    "free": "free", "own": "own", "others": "others", "closed": "closed", "worked_on": "worked on",
}  # fmt: skip
FINDING = {
    "outcome": "baseline", "legal_basis": "children_act_12", "incident_type": "csam_url",
    "fourc": ["4C.content.sex"], "age_band": "unknown", "sex": "unknown", "note": "Seen.",
}  # fmt: skip


def _on(stage: str, data: dict[str, Any], whose: str = PLAIN, own: str = "") -> Find:
    """A case at `stage`. With `own`, the step that led there is the asking person's own."""

    def find(world: World, who: str) -> Target | None:
        if own and who not in own.split():
            return None
        case = world.case(stage, by=who if own else "Ben", whose=whose)
        return Target({"pk": case.pk}, data)

    return find


def _case(ready: str, data: dict[str, Any], *, own: str = "", **stages: str) -> dict[str, Find]:
    """Scopes of a route of a case; the last two are of a case that is `ready` for the act."""
    found = {scope: _on(stage, data) for scope, stage in stages.items()}
    if own:
        found["own"] = _on(ready, data, own=own)
    found["closed"] = _on("closed", data)
    return found | {scope: _on(ready, data, whose) for scope, whose in NOT_MINE.items()}


def _with(stage: str, part: str, data: dict[str, Any], whose: str, by: str) -> Find:
    """A case with something of its own: a report, an exhibit, a disclosure."""

    def find(world: World, who: str) -> Target | None:
        asker = who if by == "own" else by
        if asker not in {*JUDGES, "Ben"}:
            return None
        case: Case = world.case(stage, by=asker, whose=whose)
        return Target({"pk": case.pk, part: PARTS[part](world, case, asker)}, data)

    return find


PARTS: dict[str, Callable[[World, Case, str], Any]] = {
    "report": lambda world, case, _who: world.report(case).pk,
    "exhibit": rooms.exhibit,
    "disclosure": lambda world, case, who: rooms.disclosure(world, case, who, "asked"),
    "allowed": lambda world, case, who: rooms.disclosure(world, case, who, "allowed"),
    "opened": lambda world, case, who: rooms.disclosure(world, case, who, "opened"),
}


def _renamed(find: Find, part: str) -> Find:
    """`part` stands for the route's argument `disclosure`."""

    def renamed(world: World, who: str) -> Target | None:
        target = find(world, who)
        if target is None:
            return None
        args = {"pk": target.args["pk"], "disclosure": target.args[part]}
        return Target(args, target.data)

    return renamed


def _stranger(data: dict[str, Any]) -> Find:
    """One case in the address, and the report of another."""

    def find(world: World, who: str) -> Target | None:
        other = world.report(world.case("in hand"))
        return Target({"pk": world.case("free").pk, "report": other.pk}, data)

    return find


def _report_scopes(data: dict[str, Any]) -> dict[str, Find]:
    plain = {"free": "free", "others": "in hand", "closed": "closed"}
    found = {scope: _with(stage, "report", data, PLAIN, "Ben") for scope, stage in plain.items()}
    found |= {one: _with("free", "report", data, one, "Ben") for one in NOT_MINE}
    return found | {"of_another_case": _stranger(data)}


def _disclosures(ready: str, data: dict[str, Any], **others: str) -> dict[str, Find]:
    scopes = {"own": (ready, PLAIN, "own"), "others": (ready, PLAIN, "Ben")}
    scopes |= {one: (ready, one, "Ben") for one in NOT_MINE}
    found = {
        scope: _renamed(_with(f"disclosing: {part}", part, data, whose, by), part)
        for scope, (part, whose, by) in scopes.items()
    }
    for scope, part in others.items():
        found[scope] = _renamed(_with(f"disclosing: {part}", part, data, PLAIN, "own"), part)
    return found


def _notice(stages: dict[str, str], data: Any, part: str = "") -> dict[str, Find]:
    ready = next(iter(stages.values()))
    wanted = {scope: (stage, PLAIN) for scope, stage in stages.items()}
    wanted |= {one: (ready, one) for one in NOT_MINE}

    def make(stage: str, whose: str) -> Find:
        def find(world: World, who: str) -> Target | None:
            own = stage == "own"
            if own and who not in JUDGES:
                return None
            name = ready if own else stage
            notice = world.notice(name, by=who if own else "Ben", whose=whose)
            args = {"pk": notice.pk}
            if part:
                args[part] = rooms.check(world, notice)
            return Target(args, data(world) if callable(data) else data)

        return find

    return {scope: make(stage, whose) for scope, (stage, whose) in wanted.items()}


def _of(make: Callable[..., Any], data: Any = None, *extra: Any, **scopes: Any) -> dict[str, Find]:
    """Scopes of a route whose record `make(world, who, what)` finds."""

    def found(what: Any) -> Find:
        def find(world: World, who: str) -> Target | None:
            args = make(world, who, what, *extra)
            if args is None:
                return None
            args = args if isinstance(args, dict) else {"pk": args}
            return Target(args, data(world) if callable(data) else data or {})

        return find

    return {scope: found(what) for scope, what in scopes.items()}


def _any(data: Any = None, **args: Any) -> dict[str, Find]:
    return {"any": lambda world, _who: Target(args, data(world) if callable(data) else data or {})}


AGREE = {"agrees": "yes", "note": "As I see it."}
YES, SENT = {"approve": "yes"}, {"open": "sent", "closed": "gone"}
EXHIBIT = {"captured_at": "2026-01-05T14:30", "time_source": "analyst", "note": "A page."}
LETTER = {"body": "Thank you for telling us."}
VIEW = {"name": "My own lane"}
ORGANISATION = {"name": "Cove Hosting", "kind": "host", "languages": "en",
                "source": "their imprint", "verified_on": "2026-01-05"}  # fmt: skip
CONTACT = {"scope": "abuse", "channel": "email", "value": "new@quay.test",
           "source": "their imprint", "verified_on": "2026-01-05"}  # fmt: skip
CHECKED = {"source": "a call", "verified_on": timezone.localdate().isoformat()}
RECORD = {"open": "open", "closed": "closed"}
REFUSAL = host_refusals()[0].code
UNITS = {"own": "own", "others": "others"}
NOT_CONFIRMED = {"closed": "closed", **NOT_MINE}

OBJECTS: dict[str, dict[str, Find]] = {
    # The cases.
    "case": _case("free", {}, free="free", others="in hand"),
    "case_claim": _case("free", {}, free="free", others="in hand") | {
        "own": _on("in hand", {}, own="Ana Sena")},
    "case_release": _case("in hand", {}, own="Ana Sena", others="in hand"),
    "case_step_back": _case("free", {}, free="free", others="in hand"),
    "case_urgency": _case("free", {"level": "U1"}, free="free", others="in hand"),
    "case_assess": _case("in hand", FINDING, own="Ana Sena", free="free", others="in hand"),
    "case_confirm": _case("assessed", AGREE, own="Ana Sena", free="free", others="assessed"),
    "case_decide": _case("disagreed", FINDING, own="Sena", free="free", others="disagreed"),
    "case_ask_to_close": _case("confirmed", REASON, own="Sena", free="free", others="confirmed"),
    "case_agree_to_close": _case("closing", {}, own="Sena", free="confirmed",
                                   others="closing"),
    "case_keep_open": _case("closing", REASON, own="Sena", free="confirmed",
                                   others="closing"),
    "case_go_on": _case("withdrawn", REASON, free="confirmed", others="withdrawn"),
    "case_adult": _case("child first", REASON, free="confirmed", others="child first"),
    "case_adult_agree": _case(
        "adult asked", {}, own="Ana Sena", free="child first", others="adult asked"
    ),
    "case_adult_turn_down": _case(
        "adult asked", REASON, own="Ana Sena", free="child first", others="adult asked"
    ),
    "case_exhibit": _case("free", EXHIBIT, free="free", others="in hand"),
    "exhibit_open": {
        "others": _with("in hand", "exhibit", REASON, PLAIN, "Ben"),
        **{one: _with("in hand", "exhibit", REASON, one, "Ben") for one in NOT_MINE}},
    "case_message": _report_scopes(LETTER),
    "case_disclosure": _report_scopes(REASON),
    "disclosure_decide": _disclosures("disclosure", YES, closed="allowed"),
    "disclosure_open": _disclosures("allowed", {}, undecided="disclosure", closed="opened"),
    "search": _any({"text": "pages.example.org"}),
    "bulk": {
        scope: lambda world, who, stage=stage, whose=whose: Target(
            {}, {"case": [str(world.case(stage, whose=whose).pk)], "do": "claim"})
        for scope, stage, whose in (
            ("free", "free", PLAIN), ("others", "in hand", PLAIN), ("closed", "closed", PLAIN),
            (OWN_REPORT, "free", OWN_REPORT), (STEPPED_BACK, "free", STEPPED_BACK))},
    "queue_narrow": _any({"level": "U1"}),
    # Reports that a flood brought.
    "held_report": _of(rooms.held, free="free", closed="released", own_report=OWN_REPORT),
    "held_release": _of(rooms.held, free="free", closed="released", own_report=OWN_REPORT),
    "held_release_alike": _any(rooms.alike),
    "held_close": _any(lambda world: rooms.alike(world) | REASON),
    "held_agree": _of(rooms.closing, own="own", others="others", closed="closed"),
    "held_keep": _of(rooms.closing, own="own", others="others", closed="closed"),
    # Views and files.
    "view_new": _any(VIEW),
    "view_change": _of(rooms.view, VIEW, own="own", others="others", shared="shared"),
    "view_delete": _of(rooms.view, {}, own="own", others="others", shared="shared"),
    "export_new": _any(REASON),
    "export_decide": _of(rooms.export, YES, own="own asked", others="others asked",
                         closed="others allowed"),
    "export_fetch": _of(rooms.export, {}, own="own allowed", undecided="own asked",
                        refused="own refused", closed="own fetched", others="others allowed"),
    # Notices.
    "notice": _notice(SENT, {}),
    "notice_answer": _notice(SENT, {"code": "refused", "refusal": REFUSAL}),
    "notice_host": _notice({"open": "homeless", "closed": "gone"},
                           lambda world: {"host": str(world.host.pk)}),
    "notice_settle": _notice({"others": "waiting", "own": "own", "closed": "gone"}, {}),
    "notice_moved": _notice(SENT, {"address": "http://new.example.org/album", "same": "on"}),
    "notice_check": _notice({"open": "sent"}, {}, part="check"),
    **providers.routes(_of, _notice(SENT, {})),
    # Packages.
    "referral": _of(rooms.referral, open="new", own_report=OWN_REPORT, stepped_back=STEPPED_BACK),
    "referral_send_again": _of(rooms.referral, {}, open="given up", closed="new",
                               own_report=f"given up: {OWN_REPORT}",
                               stepped_back=f"given up: {STEPPED_BACK}"),
    "referral_new": _of(
        lambda world, _who, what: {
            "case": world.case("closed" if what == "closed" else "confirmed",
                               whose=what if what in NOT_MINE else PLAIN).pk},
        lambda world: {"unit": str(world.units["Quay"].pk), "channel": "door"},
        open="open", closed="closed", own_report=OWN_REPORT, stepped_back=STEPPED_BACK),
    "case_hosting": _of(abroad.case, open="open", **NOT_CONFIRMED),
    "case_look_up": _of(abroad.case, {"origin": ""}, open="open", **NOT_CONFIRMED),
    "case_take_contact": _of(abroad.case, abroad.CONTACT, open="open", **NOT_CONFIRMED),
    "hand_over_new": _of(lambda world, who, what: {"case": abroad.case(world, who, what)},
                         abroad.form, open="open", **NOT_CONFIRMED),
    "hand_over": _of(abroad.hand_over, **RECORD, **NOT_MINE),
    "hand_over_sent": _of(abroad.hand_over, {}, **RECORD, **NOT_MINE),
    "hand_over_received": _of(abroad.hand_over, {"reference": "N-7"}, **RECORD, **NOT_MINE),
    "hand_over_acted": _of(abroad.hand_over, {}, **RECORD, **NOT_MINE),
    "hand_over_returned": _of(abroad.hand_over, {"because": "not_here"}, **RECORD, **NOT_MINE),
    "package": _of(rooms.package, {}, "new", **UNITS, closed="concluded"),
    "package_download": _of(rooms.package, {}, "new", **UNITS, closed="concluded"),
    "package_acknowledge": _of(rooms.package, {"unit_reference": "Q-7"}, "new", **UNITS,
                               closed="concluded"),
    "package_hold": _of(rooms.package, lambda world: REASON | {"until": rooms.soon(world)}, "new",
                        **UNITS),
    "package_lift": _of(rooms.package, {}, "held", **UNITS),
    "package_outcome": _of(rooms.package, {"outcome": rooms.OUTCOMES[-1]}, "new", **UNITS,
                           closed="concluded"),
    # Complaints.
    "complaint_desk": _of(rooms.complaint, {}, free="free", own="own", others="others",
                          closed="closed", worked_on="worked on", own_report=OWN_REPORT),
    "complaint_take": _of(rooms.complaint, {}, free="free", own="own", others="others",
                          closed="closed", worked_on="worked on", own_report=OWN_REPORT),
    "complaint_reply": _of(rooms.complaint, {"outcome": "upheld", "words": "You are right."},
                           free="free", own="own", others="others", closed="closed"),
    # Appeals.
    "appeal_desk": _of(appeals.appeal, {}, **APPEAL),
    "appeal_take": _of(appeals.appeal, {}, **APPEAL),
    "appeal_give_back": _of(appeals.appeal, {}, **APPEAL),
    "appeal_decide": _of(appeals.appeal, appeals.NOT_OURS, **APPEAL),
    "appeal_agree": _of(appeals.agreeing, {}, free="free", own="own", others="others"),
    "appeal_disagree": _of(appeals.agreeing, REASON, free="free", own="own", others="others"),
    # The block list.
    "blocklist_order": _any(blocklists.ORDER),
    "blocklist_propose": _of(blocklists.case, blocklists.PROPOSAL, open="open", **NOT_CONFIRMED),
    "blocklist_entry": _of(blocklists.entry, open="listed", closed="delisted"),
    "blocklist_approve": _of(blocklists.entry, {}, own="proposed: own", others="proposed",
                             closed="listed"),
    "blocklist_override": _of(blocklists.entry, blocklists.OVERRIDE, others="guarded",
                              own="once overridden: own", closed="listed"),
    "blocklist_refuse": _of(blocklists.entry, blocklists.REFUSAL, own="proposed: own",
                            others="proposed", closed="listed"),
    "blocklist_renew": _of(blocklists.entry, blocklists.RENEWAL, open="due", free="listed",
                           closed="delisted"),
    "blocklist_review_date": _of(blocklists.entry, blocklists.day, open="listed",
                                 closed="delisted"),
    "blocklist_delist": _of(blocklists.entry, blocklists.END, open="listed", closed="proposed"),
    "blocklist_network_add": _any(blocklists.newcomer),
    "blocklist_network_key": _of(blocklists.network, {}, open="open"),
    "blocklist_network_end": _of(blocklists.network, REASON, open="open"),
    "blocklist_output": _any(serial=1, name="manifest.json"),
    "blocklist_acknowledge": _any(serial=1),
    # The directory.
    "organisation_add": _any(ORGANISATION),
    "organisation": _of(rooms.organisation, **RECORD),
    "organisation_change": _of(rooms.organisation, ORGANISATION | {"name": "Other"}, **RECORD),
    "organisation_retire": _of(rooms.organisation, REASON, **RECORD),
    "organisation_key": _of(rooms.organisation, lambda _world: {"recipient": rooms.recipient()},
                            "police", **RECORD),
    "organisation_key_confirm": _of(second.key, lambda _world: {"recipient": rooms.recipient()},
                                    **RECORD),
    "organisation_key_refuse": _of(second.key, REASON, **RECORD),
    "contact_add": _of(rooms.organisation, CONTACT, **RECORD),
    "contact_replace": _of(rooms.contact, CHECKED | {"value": "next@quay.test"}, **RECORD),
    "contact_ways": _of(rooms.contact, {"language": "fr"}, **RECORD),
    "contact_secret": _of(rooms.contact, {}, "post", **RECORD),
    "contact_check": _of(rooms.contact, CHECKED, **RECORD),
    "contact_end": _of(rooms.contact, REASON, **RECORD),
    "contact_confirm": _of(second.found, CHECKED, **RECORD),
    "contact_refuse": _of(second.found, REASON, **RECORD),
    "domain_add": _of(rooms.organisation, {"name": "cove.test"}, **RECORD),
    "domain_drop": _of(rooms.domain, {}, open="open"),
    "member_add": _of(rooms.organisation, lambda world: {"user": str(world.paulo.pk)}, "police",
                      **RECORD),
    "member_confirm": _of(second.member, {}, open="open"),
    "member_end": _of(rooms.membership, REASON, open="open"),
    "partner_key_make": _of(rooms.organisation, {"name": "tool", "scopes": ["reports:write"]},
                            **RECORD),
    "partner_key_revoke": _of(rooms.key, REASON, **RECORD),
    # One's own care.
    "care": _any({"kinds": ["csam_url"], "weeks": "1"}),
    # Figures.
    "figures_compile": _any(rooms.month),
    "figures_release": _of(rooms.release, open="open", closed="closed"),
    "figures_publish": _of(rooms.release, {}, open="open", closed="closed"),
    # Exercises.
    "drill_new": _any({"template": "page", "reason": "A rehearsal."}),
    "drill": _of(rooms.drill, open="one"),
    "drill_outbox": _of(rooms.drill, open="one"),
    "drill_gone": _of(rooms.drill, {}, open="one"),
    "drill_police": _of(rooms.drill, {}, open="package", of_another_case="another's package"),
    # Staff.
    "staff_enrol": _any({"name": "New", "email": "new@example.org", "roles": ["analyst"]}),
    "person": _of(rooms.person, open="open", own="own", closed="closed"),
    "staff_grant": _of(rooms.person, {"role": "statistician"}, open="open", own="own"),
    "staff_end": _of(rooms.person, REASON, "role", open="open", own="own"),
    "staff_confirm": _of(second.role, {}, open="open", own="own"),
    "staff_refuse": _of(second.role, REASON, open="open", own="own"),
    "staff_start_again": _of(rooms.person, REASON, open="open", own="own"),
    "staff_unlock": _of(rooms.person, REASON, open="open", own="own"),
    "staff_end_service": _of(rooms.person, REASON, open="open", own="own", closed="closed"),
    "staff_resume": _of(rooms.person, REASON, open="open", closed="closed"),
    # The public.
    "report_start": _any({"kind": "extortion_money"}, audience="child"),
    "report_step": _any({"words": "Something."}, step="words"),
    "report_work": _any({"profession": "teacher", "safe_now": "yes"}),
    "report_work_screen": _any({"words": "Something."}, screen="matter"),
    "report_keep": _any(step="words"),
    "report_go_on": _any({"receipt": "1234"}),
    "receipt": _any({"receipt": "1234"}),
    "receipt_message": _any(LETTER),
    "complaint": _any({"about": "slow", "words": "It took too long."}),
    "complaint_answer": _any({"receipt": "1234"}),
    "appeal": _any({"address": "example.org/a", "who": "owner", "words": "It is a newspaper."}),
    "appeal_decision": _any({"receipt": "1234"}),
    "blocking_report": _any(period="2026-01"),
    "figures_csv": _of(rooms.figures, closed="closed", open="open"),
    "figures_sdmx": _of(rooms.figures, closed="closed", open="open"),
    "figures_sdmx_ml": _of(rooms.figures, closed="closed", open="open"),
    "figures_file": _of(rooms.figures, {}, "csv", closed="closed", open="open"),
    "set_language": _any({"language": "fr", "next": "/"}),
    # Programs.
    "api_report": _any({"words": "Something."}),
    "api_batch": _any({"reports": [{"words": "Something."}]}),
    "api_status": _of(rooms.sent_report, own="own", others="others"),
    # One's own sign-in.
    "mfa_edit_webauthn": _any(pk=1),
    "mfa_remove_webauthn": _any(pk=1),
}  # fmt: skip


def targets(route: str) -> dict[str, Find]:
    """The scopes of a route, and how its record is found in each."""
    return OBJECTS.get(route, _any())
