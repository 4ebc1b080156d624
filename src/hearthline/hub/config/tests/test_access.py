# SPDX-License-Identifier: Apache-2.0
"""Who may open and do what: every row of `access.toml`, tried by everybody in every scope.

Nothing that is refused changes a row, and no refusal leaves an entry that says somebody read.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from hearthline.hub.accounts.doors import BY_KEY, PUBLIC
from hearthline.hub.accounts.permissions import PERMISSIONS, Permission
from hearthline.hub.config.tests.asking import (
    ANONYMOUS,
    DOORS,
    NO_ROLE,
    OTHER_UNIT,
    PEOPLE,
    Asking,
    Seen,
    address,
    asking,
    routes,
)
from hearthline.hub.config.tests.objects import OBJECTS, Target, targets
from hearthline.hub.config.tests.objects_rooms import program_key
from hearthline.hub.config.tests.world import OWN, OWN_REPORT, STEPPED_BACK
from hearthline.hub.directory.actions import make_key, revoke_key
from hearthline.hub.reports.api_pace import pace

pytestmark = pytest.mark.django_db

TABLE: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("access.toml").read_text(encoding="utf-8")
)
ROWS = [(door, name) for door in TABLE for name in TABLE[door]]
SIGN_IN = "sign-in"
METHODS = ("GET", "POST")
EVERYBODY, SIGNED_IN = "everybody", "signed_in"
# Of everybody a few are enough where nobody is asked who they are.
VISITORS = ("analyst", NO_ROLE, ANONYMOUS)
# No worker runs beside the tests, and "not ready" is then the right answer.
NOT_RUNNING = {"health_ready"}
MINE = {OWN_REPORT, STEPPED_BACK}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Asking]:
    """One world for all rows: each request is undone, and the world itself at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = asking()
        yield made
        transaction.set_rollback(True)
        print(f"\n{len(ROWS)} rows, {made.counted.total()} requests")  # noqa: T201


def test_every_route_has_one_row_and_every_row_a_route() -> None:
    there = {(door, name) for door in DOORS for name in routes(door)}
    missing = [f"add a row [{door}.{name}] to access.toml" for door, name in there - {*ROWS}]
    left = [
        f"take [{door}.{name}] out of access.toml: no such route" for door, name in {*ROWS} - there
    ]
    assert not missing + left, "\n".join(sorted(missing + left))


@pytest.mark.parametrize("door", DOORS)
def test_a_row_says_what_the_view_says(door: str) -> None:
    for name, route in routes(door).items():
        row = TABLE[door].get(name, {})
        declared = getattr(route.callback, "permission", SIGN_IN)
        assert row.get("permission") == str(declared), f"[{door}.{name}] permission = {declared}"
        step_up = bool(getattr(route.callback, "step_up", False))
        assert row.get("step_up") is step_up, f"[{door}.{name}] step_up = {step_up}"
        if route.pattern.converters:
            assert name in OBJECTS, f"objects.py does not know the arguments of {name}: add them"


def test_a_row_names_known_people_and_scopes() -> None:
    known = {*PEOPLE, ANONYMOUS, EVERYBODY, SIGNED_IN, "key_write", "key_read", "key_notices"}
    for door, name in ROWS:
        for method in METHODS:
            for who, scopes in TABLE[door][name].get(method, {}).items():
                assert who in known, (door, name, who)
                assert set(scopes) <= set(targets(name)), (door, name, who, scopes)


def test_whoever_gets_through_holds_the_permission_and_whoever_holds_it_gets_through() -> None:
    """The table says the same as the list of roles, which auditors read too."""
    for door, name in ROWS:
        row = TABLE[door][name]
        if row["permission"] not in {str(one) for one in Permission}:
            continue
        named = {who for method in METHODS for who in row.get(method, {})} - {OTHER_UNIT}
        asked = {row["permission"], row.get("also", row["permission"])}
        holding = {str(role) for role, held in PERMISSIONS.items() if asked <= held}
        assert named == holding, (name, named ^ holding)


def test_nobody_handles_what_they_reported_or_stepped_back_from() -> None:
    for door, name in ROWS:
        for method in METHODS:
            for who, scopes in TABLE[door][name].get(method, {}).items():
                # Oversight reads a complaint about somebody else's report.
                if (name, who) != ("complaint_desk", "oversight"):
                    assert not MINE & set(scopes), (name, who)


@pytest.mark.parametrize(("door", "name"), ROWS, ids=lambda part: part)
def test_access(door: str, name: str, world: Asking) -> None:
    row = TABLE[door][name]
    wrong = [
        problem
        for scope, actor, method, target in _tries(world, row, name)
        for problem in _tried(world, door, name, row, scope, actor, method, target)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("door", "name"),
    [one for one in ROWS if TABLE[one[0]][one[1]]["step_up"]],
    ids=lambda part: part,
)
def test_without_a_fresh_proof_nothing_is_done(door: str, name: str, world: Asking) -> None:
    row = TABLE[door][name]
    for method in METHODS:
        for who, scopes in row.get(method, {}).items():
            for scope in scopes:
                target = world.place(name, scope, who)
                if target is None:
                    continue
                url = address(door, name, target.args)
                seen = world.ask(who, method, url, target.data, stale=True)
                assert seen.to_prove, (name, method, who, scope, seen.status, seen.location)
                assert not seen.changed, (name, method, who, seen.changed)
                assert not seen.entries, (name, method, who)


def _tries(world: Asking, row: dict[str, Any], name: str) -> Iterator[tuple[str, str, str, Target]]:
    """Reading: everybody, in the first scope. Otherwise whoever holds the permission, in each
    scope; one who does not; and a visitor."""
    everybody = [*PEOPLE, ANONYMOUS]
    if row["permission"] in (PUBLIC, BY_KEY, SIGN_IN):
        everybody = [*VISITORS]
    holding = [who for who in everybody if _holds(who, row["permission"])]
    few = [*holding, *[who for who in everybody if who not in holding][:1]]
    for number, scope in enumerate(targets(name)):
        for method in METHODS:
            if method in row:
                first = everybody if method == "GET" else [*few, ANONYMOUS]
            else:
                # A page without a form is sent one once, to see that it does nothing.
                first = everybody[-1:] if not holding else holding[:1]
            for actor in dict.fromkeys(first if not number else few if method in row else []):
                target = world.place(name, scope, actor)
                if target is not None:
                    yield scope, actor, method, target


def _holds(actor: str, permission: str) -> bool:
    role = "police_liaison" if actor == OTHER_UNIT else actor
    return permission in PERMISSIONS.get(role, ())


def _tried(
    world: Asking, door: str, name: str, row: dict[str, Any], scope: str, actor: str, method: str,
    target: Target,
) -> Iterator[str]:  # fmt: skip
    """What is not as the row says; nothing when all is."""
    what = f"{method} {door}.{name} by {actor} in scope {scope}"
    seen = world.ask(actor, method, address(door, name, target.args), target.data)
    if seen.status >= 500 and name not in NOT_RUNNING:
        yield f"{what}: {seen.status}"
    if actor != "oversight" and scope == OWN_REPORT and OWN in seen.text:
        yield f"{what}: shows them their own report"
    if method not in row:
        if seen.changed:
            yield f"{what}: not in the table, and changed {seen.changed}"
        return
    allowed = _allowed(row[method], actor, scope)
    through = seen.did(method, changes=row.get("changes", True))
    if name in NOT_RUNNING:
        return
    if through != allowed:
        through_or_not = "should get through" if allowed else "should not get through"
        yield f"{what}: {through_or_not}, but {seen.status} {seen.location}"
    elif not allowed:
        yield from _refused_well(what, seen, row, actor)


def _allowed(rights: dict[str, list[str]], actor: str, scope: str) -> bool:
    who = [actor, EVERYBODY] + ([SIGNED_IN] if actor != ANONYMOUS else [])
    return any(scope in rights.get(one, ()) for one in who)


def _refused_well(what: str, seen: Seen, row: dict[str, Any], actor: str) -> Iterator[str]:
    """A refusal changes nothing, and says so in a page; without the permission nothing is read."""
    if seen.changed:
        yield f"{what}: refused, and changed {seen.changed}"
    if seen.status in (401, 403, 404) and seen.entries:
        yield f"{what}: refused, and wrote {[entry.verb for entry in seen.entries]}"
    if seen.status in (403, 404) and "<h1" not in seen.text:
        yield f"{what}: refused without a page that says so"
    if row["permission"] not in {str(one) for one in Permission}:
        return
    if actor == ANONYMOUS and not seen.to_sign_in:
        yield f"{what}: not sent to sign in, but {seen.status}"
    if actor != ANONYMOUS and not _holds(actor, row["permission"]) and seen.status != 403:
        yield f"{what}: {seen.status} without the permission"


# What leaves as a file, and who had to agree before.
FILES = {
    "export_fetch": "a second person allowed it",
    "package_download": "two people confirmed it; sealed to the unit's own key",
    "figures_csv": "public", "figures_file": "public", "figures_sdmx": "public",
    "figures_sdmx_ml": "public", "figures_structure": "public",
}  # fmt: skip


def test_nothing_leaves_as_a_file_but_what_two_people_allowed(world: Asking) -> None:
    found = set()
    for door, name in ROWS:
        row = TABLE[door][name]
        for method in METHODS:
            for who, scopes in row.get(method, {}).items():
                actor = {EVERYBODY: ANONYMOUS, SIGNED_IN: "analyst"}.get(who, who)
                if actor not in world.actors or name in NOT_RUNNING:
                    continue
                target = world.place(name, scopes[0], actor) if scopes else None
                if target is None:
                    continue
                url = address(door, name, target.args)
                headers = world.headers_of(actor, method, url, target.data)
                kind = headers.get("Content-Type", "").partition(";")[0]
                if "Content-Disposition" in headers or kind == "text/csv":
                    found.add(name)
    assert found == set(FILES)


@pytest.mark.parametrize("scope", ["undecided", "refused", "closed", "others"])
def test_a_file_nobody_else_allowed_or_that_was_fetched_is_not_handed_over(
    scope: str, world: Asking
) -> None:
    for actor in ("senior_analyst", "hotline_manager"):
        target = world.place("export_fetch", scope, actor)
        assert target
        seen = world.ask(actor, "POST", address("desk", "export_fetch", target.args))
        assert not seen.changed
        assert "Content-Disposition" not in seen.response.headers


@pytest.fixture
def keys(world: Asking) -> dict[str, str]:
    """The text of a key of each kind. "Partner" sent the report of the scope `own`."""
    pace.forget()
    people = world.world
    made = {
        "write": program_key(people, "Partner", "reports:write").text,
        "read": program_key(people, "Partner", "reports:read").text,
        "another": program_key(people, "Another", "reports:read", "reports:write").text,
        "notices": make_key(
            organisation=people.host, name="tool", scopes=["notices:answer"], by=people.ada,
            at=people.at,
        ).text,
    }  # fmt: skip
    ended = program_key(people, "Another", "reports:read", "reports:write")
    revoke_key(key=ended.key, reason="Lost.", by=people.ada, at=people.at)
    secret = made["write"].rpartition("_")
    return made | {
        "revoked": ended.text,
        "wrong": f"{secret[0]}_{'a' * len(secret[2])}",
        "none": "",
    }


PROGRAMS = [
    ("POST", "api_report", "any", {"write": 201, "another": 201, "read": 403}),
    ("POST", "api_batch", "any", {"write": 200, "another": 200, "read": 403}),
    ("GET", "api_status", "own", {"read": 200, "another": 404, "write": 403}),
    ("GET", "api_status", "others", {"read": 404, "another": 200, "write": 403}),
    ("GET", "api_codes", "any", {"read": 200, "write": 200, "another": 200, "notices": 200}),
    ("GET", "api_notices", "any", {"notices": 200}),
    ("GET", "api_notice_test", "any", {"notices": 200}),
    ("POST", "api_notice_answers", "any", {"notices": 200}),
    ("POST", "api_notice_answer", "own", {"notices": 201}),
    ("POST", "api_notice_answer", "others", {"notices": 404}),
]


@pytest.mark.parametrize(("method", "name", "scope", "answers"), PROGRAMS)
def test_a_program_does_what_its_key_may_and_no_more(
    method: str, name: str, scope: str, answers: dict[str, int], world: Asking, keys: dict[str, str]
) -> None:
    target = world.place(name, scope, NO_ROLE)
    assert target
    url = address("partners", name, target.args)
    for kind, key in keys.items():
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        more: dict[str, Any] = {"headers": headers}
        if method == "POST":
            more["content_type"] = "application/json"
        data = json.dumps(target.data) if method == "POST" else None
        seen = world.ask(ANONYMOUS, method, url, data, **more)
        refused = 401 if kind in ("revoked", "wrong", "none") else 403
        assert seen.status == answers.get(kind, refused), (name, scope, kind, seen.text)
        if seen.status >= 400:
            assert seen.response.headers["Content-Type"] == "application/problem+json"
            assert not seen.changed - {"directory_partnerkey"}, (name, kind, seen.changed)
            assert not seen.entries, (name, kind)


def test_a_session_of_staff_opens_nothing_to_programs(world: Asking) -> None:
    for door, name in ROWS:
        if TABLE[door][name]["permission"] == BY_KEY:
            for actor in ("administrator", "analyst"):
                target = world.place(name, next(iter(targets(name))), actor)
                assert target
                method = "GET" if "GET" in TABLE[door][name] else "POST"
                assert world.ask(actor, method, address(door, name, target.args)).status == 401
