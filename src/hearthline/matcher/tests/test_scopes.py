# SPDX-License-Identifier: Apache-2.0
"""Every call with every scope alone: what a key opens is what this page says, and no more."""

from collections.abc import Iterator

import pytest

from hearthline.matcher.keys import Keys, Scope
from hearthline.matcher.recognition import now
from hearthline.matcher.routes import ROUTES
from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller

HASH, MATCH, CURATE, ADMIN, METRICS = Scope
SEEN = {MATCH, CURATE, ADMIN}
OPENED_BY = {
    "GET /m/lookup": {MATCH},
    "GET /m/raw_lookup": {MATCH},
    "POST /m/lookup": set(),  # match and hash together
    "POST /m/compare": {MATCH},
    "GET /m/index/status": SEEN,
    "GET /h/hash": {HASH},
    "POST /h/hash": {HASH},
    "GET /c/banks": SEEN,
    "POST /c/banks": {ADMIN},
    "GET /c/bank/{bank_name}": SEEN,
    "PUT /c/bank/{bank_name}": {ADMIN},
    "DELETE /c/bank/{bank_name}": {ADMIN},
    "POST /c/bank/{bank_name}/content": {CURATE},
    "POST /c/bank/{bank_name}/signal": {CURATE},
    "GET /c/bank/{bank_name}/content/{content_id}": SEEN,
    "PUT /c/bank/{bank_name}/content/{content_id}": {CURATE},
    "DELETE /c/bank/{bank_name}/content/{content_id}": {CURATE},
    "GET /c/signal_type": SEEN,
    "GET /c/signal_types": SEEN,
    "GET /c/signal_type/index": SEEN,
    "GET /c/content_type": SEEN,
    "GET /c/content_types": SEEN,
    "GET /c/exchanges": {ADMIN},
    "GET /c/exchanges/apis": {ADMIN},
    "GET /c/exchange/{exchange_name}": {ADMIN},
    "GET /c/exchange/{exchange_name}/status": {ADMIN},
    "POST /v1/lookup": {MATCH},
    "POST /v1/hash": {HASH},
    "POST /v1/hash-and-match": set(),  # match and hash together
    "GET /v1/matches/{id}": {MATCH},
    "GET /metrics": {METRICS},
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory) -> Iterator[Caller]:
    caller = Caller(tmp_path_factory.mktemp("scopes") / "matcher", without_keys=False)
    yield caller
    caller.close()


@pytest.fixture(scope="module")
def headers(guarded: Caller) -> dict[frozenset[Scope], dict[str, str]]:
    """By the scopes of a key, the header that presents it."""
    keys = Keys(guarded.service.folder / "keys.json")
    sets = [frozenset({scope}) for scope in Scope]
    sets += [frozenset({HASH, MATCH}), frozenset({CURATE, ADMIN})]
    return {
        scopes: {"X-API-Key": keys.make(f"key {number}", scopes, at=now())}
        for number, scopes in enumerate(sets)
    }


def test_this_page_names_every_call_that_is_not_open():
    guarded = {f"{route.method} {route.path}" for route in ROUTES.all if not route.open}
    assert guarded == set(OPENED_BY)


@pytest.mark.parametrize("name", OPENED_BY)
def test_a_scope_opens_what_it_is_for_and_nothing_else(guarded: Caller, headers, name: str):
    method, path = name.split(" ")
    opening = {
        scope
        for scope in Scope
        if guarded.call(method, path, headers=headers[frozenset({scope})]).status_code != 403
    }
    assert opening == OPENED_BY[name]
    assert guarded.call(method, path).status_code == 401


@pytest.mark.parametrize("path", ["/m/lookup", "/v1/hash-and-match"])
def test_a_file_is_looked_up_with_both_scopes(guarded: Caller, headers, path: str):
    both = headers[frozenset({HASH, MATCH})]
    answer = guarded.post(path, headers=both, files={"photo": ("a", make.a_file())})
    assert answer.status_code == 200


def test_who_may_not_send_files_may_not_send_addresses(guarded: Caller, headers):
    path = "/m/lookup?url=https://media.example.org/a.png"
    answer = guarded.get(path, headers=headers[frozenset({MATCH})])
    assert (answer.status_code, answer.json()) == (
        403,
        {"message": "this key may not: it needs hash"},
    )
    # With both it comes as far as the list of hosts, which is empty here.
    answer = guarded.get(path, headers=headers[frozenset({HASH, MATCH})])
    assert answer.status_code == 400
    assert "allow_hosts" in answer.json()["message"]


def test_who_only_asks_cannot_read_a_bank_out(guarded: Caller, headers):
    desk = headers[frozenset({CURATE, ADMIN})]
    guarded.post("/c/banks", json={"name": "KNOWN"}, headers=desk)
    value = make.a_hash(1).hex()
    made = guarded.post("/c/bank/KNOWN/signal", json={"pdq": value}, headers=desk)
    path = f"/c/bank/KNOWN/content/{made.json()['id']}"
    asking = headers[frozenset({MATCH})]
    assert guarded.get(path, headers=asking).status_code == 200
    answer = guarded.get(f"{path}?include_signals=true", headers=asking)
    assert (answer.status_code, value in answer.text) == (403, False)
    answer = guarded.get(f"{path}?include_signals=true", headers=desk)
    assert answer.json()["signals"] == {"pdq": value}
