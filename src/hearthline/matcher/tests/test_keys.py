# SPDX-License-Identifier: Apache-2.0
"""Keys: made once, kept as digests, good for what they are made for."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearthline.matcher.keys import KeyRefused, Keys, Scope, presented
from hearthline.matcher.recognition import now
from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller


@pytest.fixture
def keys(folder: Path) -> Keys:
    folder.mkdir()
    return Keys(folder / "keys.json")


@pytest.fixture
def guarded(folder: Path, keys: Keys) -> Iterator[Caller]:
    caller = Caller(folder, without_keys=False)
    yield caller
    caller.close()


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_key_opens_what_it_is_made_for(guarded: Caller, keys: Keys):
    text = keys.make("uploads", [Scope.MATCH], at=now())
    assert guarded.get("/c/banks", headers=bearer(text)).status_code == 200
    answer = guarded.post("/c/banks", json={"name": "A"}, headers=bearer(text))
    assert (answer.status_code, answer.json()) == (
        403,
        {"message": "this key may not: it needs admin"},
    )
    answer = guarded.post("/v1/hash-and-match", content=make.a_file(), headers=bearer(text))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_without_a_key_nothing_opens_but_the_status(guarded: Caller):
    answer = guarded.get("/c/banks")
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]
    assert guarded.get("/metrics").status_code == 401
    for path in ("/status", "/status/live", "/openapi.json", "/site-map"):
        assert guarded.get(path).status_code == 200


@pytest.mark.parametrize("scheme", ["bearer", "basic", "basic-name", "header"])
def test_a_key_may_come_in_four_ways(guarded: Caller, keys: Keys, scheme: str):
    text = keys.make("uploads", [Scope.MATCH], at=now())
    basic = {"basic": f"key:{text}", "basic-name": f"{text}:"}.get(scheme, "")
    headers = {
        "bearer": bearer(text),
        "header": {"X-API-Key": text},
    }.get(scheme, {"Authorization": "Basic " + base64.b64encode(basic.encode()).decode()})
    assert guarded.get("/c/banks", headers=headers).status_code == 200


@pytest.mark.parametrize("text", ["", "hlm_", "hlm_00000000_x", "hlm_ü_x", "x" * 9999, "a_b_c_d"])
def test_a_key_that_is_none_opens_nothing(guarded: Caller, keys: Keys, text: str):
    made = keys.make("uploads", [Scope.MATCH], at=now())
    headers = {"Authorization": f"Bearer {text}".encode("latin-1")}
    assert guarded.get("/c/banks", headers=headers).status_code == 401
    wrong = made[:-1] + ("A" if made[-1] != "A" else "B")
    assert guarded.get("/c/banks", headers=bearer(wrong)).status_code == 401


def test_only_a_digest_is_kept_where_only_its_owner_reads(keys: Keys, folder: Path):
    text = keys.make("uploads", [Scope.MATCH], at=now())
    kept = folder / "keys.json"
    assert text.split("_", 2)[2] not in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_removed_key_opens_nothing_at_once(guarded: Caller, keys: Keys):
    text = keys.make("uploads", [Scope.MATCH], at=now())
    assert guarded.get("/c/banks", headers=bearer(text)).status_code == 200
    Keys(keys._path).remove("uploads")
    assert guarded.get("/c/banks", headers=bearer(text)).status_code == 401


def test_who_changed_a_bank_is_the_name_of_the_key(guarded: Caller, keys: Keys):
    text = keys.make("the desk", [Scope.ADMIN, Scope.CURATE], at=now())
    guarded.post("/c/banks", json={"name": "A"}, headers=bearer(text))
    guarded.post("/c/bank/A/signal", json={"pdq": "ab" * 32}, headers=bearer(text))
    journal = guarded.service.library.bank("A").journal()
    assert {change.by for change in journal} == {"the desk"}


def test_a_key_that_cannot_be_made_is_refused(keys: Keys):
    keys.make("uploads", [Scope.MATCH], at=now())
    for name, scopes, rate, reason in (
        ("uploads", [Scope.MATCH], 1, "exists"),
        ("bad\nname", [Scope.MATCH], 1, "name"),
        ("other", [], 1, "at least one"),
        ("other", [Scope.MATCH], 0, "rate"),
    ):
        with pytest.raises(KeyRefused, match=reason):
            keys.make(name, scopes, at=now(), rate=rate)
    with pytest.raises(KeyRefused, match="no key named"):
        keys.remove("nobody")
    assert [key.name for key in keys.all()] == ["uploads"]


def test_a_header_that_holds_no_key():
    for header in (b"Digest x", b"Basic %%%", b"Basic /w==", b"nothing"):
        assert presented(header) == ""


def test_a_key_calls_as_often_as_it_may(guarded: Caller, keys: Keys):
    text = keys.make("slow", [Scope.MATCH], at=now(), rate=0.5)
    other = keys.make("other", [Scope.MATCH], at=now())
    assert guarded.get("/c/banks", headers=bearer(text)).status_code == 200
    answer = guarded.get("/c/banks", headers=bearer(text))
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "2"
    assert guarded.get("/c/banks", headers=bearer(other)).status_code == 200
