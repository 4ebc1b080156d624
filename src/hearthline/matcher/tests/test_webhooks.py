# SPDX-License-Identifier: Apache-2.0
"""Webhooks: kept before the answer, signed, sent until taken, and telling nothing but a link."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hearthline.kit.formats import webhook
from hearthline.kit.urls.tests.loopback import a_certificate, hosting
from hearthline.matcher.announcing import Announcing
from hearthline.matcher.configuration import Configuration
from hearthline.matcher.outbox import PAUSES, Outbox
from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller
from hearthline.matcher.tests.receiver import Receiver
from hearthline.matcher.webhooks import Hook, HookRefused, Hooks

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def hook(folder: Path, caller: Caller, receiver: Receiver) -> Hook:
    return Hooks(folder / "webhooks.json").add("desk", receiver.url)


def looked_up(caller: Caller, bank: str, **more: str) -> str:
    """The id under which a match was announced."""
    value = make.a_hash(1).hex()
    caller.post(f"/c/bank/{bank}/signal", json={"pdq": value})
    return caller.post("/v1/lookup", json={"hashes": [value], **more}).json()["announced"]


def test_a_match_is_told_by_id_and_link(caller: Caller, bank: str, hook: Hook, receiver: Receiver):
    identity = looked_up(caller, bank, reference="upload-17")
    assert caller.service.announcing.send_due(datetime.now(UTC)) == 1
    headers, body = receiver.taken[0]
    told = json.loads(body)
    assert told["type"] == "match.found"
    assert told["data"] == {"id": identity, "link": f"/v1/matches/{identity}"}
    assert set(told) == {"type", "timestamp", "data"}
    at = datetime.now(UTC)
    assert webhook.verify(secret=hook.secret, received=headers, body=body, at=at) == identity


def test_the_link_tells_what_matched_and_not_what_was_asked(caller: Caller, bank: str, hook: Hook):
    identity = looked_up(caller, bank, reference="upload-17")
    answer = caller.get(f"/v1/matches/{identity}")
    told = answer.json()
    assert (told["reference"], told["more"]) == ("upload-17", 0)
    assert told["matches"] == [
        {
            "query": 0,
            "kind": "pdq",
            "bank": bank,
            "entry": 1,
            "distance": 0,
            "radius": 31,
            "disputed": False,
        }
    ]
    assert make.a_hash(1).hex() not in answer.text
    assert caller.get("/v1/matches/mat_nothing").status_code == 404


def test_every_kind_of_look_up_is_told(caller: Caller, bank: str, hook: Hook, receiver: Receiver):
    caller.post(f"/c/bank/{bank}/content", files={"photo": ("a", make.a_file(1))})
    caller.post("/m/lookup", files={"photo": ("a", make.a_file(1))})
    caller.post("/v1/hash-and-match", content=make.a_file(1))
    value = caller.post("/h/hash", files={"photo": ("a", make.a_file(1))}).json()["pdq"]
    caller.get(f"/m/lookup?signal_type=pdq&signal={value}")
    assert caller.service.announcing.send_due(datetime.now(UTC)) == 3


def test_where_nothing_matches_or_nobody_listens_nothing_is_kept(caller: Caller, bank: str):
    assert looked_up(caller, bank) == ""
    assert not (caller.service.folder / "outbox.sqlite3").exists()


def test_a_receiver_is_told_of_its_banks_only(caller: Caller, bank: str, receiver: Receiver):
    Hooks(caller.service.folder / "webhooks.json").add("desk", receiver.url, banks=["OTHER"])
    assert looked_up(caller, bank) == ""


def test_what_is_not_taken_is_sent_again_later_and_at_last_given_up(
    caller: Caller, bank: str, hook: Hook, receiver: Receiver
):
    looked_up(caller, bank)
    receiver.status = 500
    at = datetime.now(UTC)
    announcing = caller.service.announcing
    for pause in (*PAUSES, timedelta(0)):
        assert announcing.send_due(at) == 0
        assert announcing.send_due(at) == 0
        at += pause
    assert len(receiver.taken) == len(PAUSES) + 1
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1
    receiver.status = 204
    assert announcing.send_due(at + timedelta(days=9)) == 0
    assert announcing.box().waiting() == 0


def test_a_receiver_that_is_away_loses_nothing(
    caller: Caller, bank: str, hook: Hook, receiver: Receiver
):
    receiver.close()
    looked_up(caller, bank)
    announcing, at = caller.service.announcing, datetime.now(UTC)
    assert announcing.send_due(at) == 0
    assert announcing.box().waiting() == 1


def test_a_receiver_that_is_away_holds_up_no_other(tmp_path: Path, receiver: Receiver):
    away = Receiver()
    away.close()
    kept = Hooks(tmp_path / "webhooks.json")
    hooks = [kept.add("away", away.url).id, kept.add("desk", receiver.url).id]
    announcing, tried = Announcing(tmp_path, Configuration()), []
    deliver = announcing._problem
    announcing._problem = lambda hook, *more: tried.append(hook.name) or deliver(hook, *more)
    for number in range(150):
        at = AT + timedelta(seconds=number)
        announcing.box().put(f"mat_{number}", {}, hooks, at)
    at = AT + timedelta(hours=1)
    while announcing.send_due(at):
        """As the sender does, until there is nothing more to send."""
    assert [headers["webhook-id"] for headers, _ in receiver.taken] == [
        f"mat_{number}" for number in range(150)
    ]
    # Asked once, not once a message: each would wait for it as long as a call may take.
    assert tried.count("away") == 1
    assert announcing.box().waiting() == 150
    for pause in PAUSES:
        at += pause
        assert announcing.send_due(at) == 0
    assert announcing.box().waiting() == 0
    assert tried.count("away") == len(PAUSES) + 1
    announcing.close()


def test_a_receiver_that_is_slow_gives_way_to_the_others(tmp_path: Path, monkeypatch):
    kept = Hooks(tmp_path / "webhooks.json")
    hooks = [kept.add(name, "https://hooks.example.org/in").id for name in ("slow", "desk")]
    announcing, tried = Announcing(tmp_path, Configuration()), []
    monkeypatch.setattr("hearthline.matcher.announcing._SECONDS", 0.05)

    def answered(hook: Hook, *_: object) -> str:
        tried.append(hook.name)
        time.sleep(0.06 if hook.name == "slow" else 0)
        return ""

    announcing._problem = answered
    for number in range(5):
        announcing.box().put(f"mat_{number}", {}, hooks, AT)
    assert announcing.send_due(AT) == 6
    assert (tried.count("slow"), tried.count("desk")) == (1, 5)
    announcing.close()


def test_nobody_is_told_who_was_removed(caller: Caller, bank: str, hook: Hook, receiver: Receiver):
    looked_up(caller, bank)
    Hooks(caller.service.folder / "webhooks.json").remove("desk")
    assert caller.service.announcing.send_due(datetime.now(UTC)) == 0
    assert receiver.taken == []


def test_over_tls_only_to_public_addresses_unless_the_operator_says_so(tmp_path: Path):
    server, pem = a_certificate(tmp_path, "127.0.0.1")
    with hosting(server) as host:
        url = f"https://localhost:{host.port}/"
        kept = Hooks(tmp_path / "webhooks.json")
        kept.add("outside", url)
        announcing = Announcing(tmp_path, Configuration(), roots=pem)
        announcing.box().put("mat_1", {}, [kept.all()[0].id], AT)
        assert announcing.send_due(AT) == 0
        assert host.requests == []
        announcing.close()


def test_an_address_that_is_not_secret_is_refused(tmp_path: Path):
    kept = Hooks(tmp_path / "webhooks.json")
    for url in ("http://hooks.example.org/", "http://10.0.0.1/", "nonsense", "ftp://a.test/"):
        with pytest.raises(HookRefused, match="url"):
            kept.add("desk", url)
    assert kept.add("desk", "https://hooks.example.org/in").secret.startswith("whsec_")
    with pytest.raises(HookRefused, match="exists"):
        kept.add("desk", "https://hooks.example.org/in")
    with pytest.raises(HookRefused, match="name"):
        kept.add("a b", "https://hooks.example.org/in")
    with pytest.raises(HookRefused, match="no webhook"):
        kept.remove("other")
    assert (tmp_path / "webhooks.json").stat().st_mode & 0o777 == 0o600


def test_what_is_kept_is_its_owners_alone_to_read(tmp_path: Path):
    tmp_path.chmod(0o755)
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    outbox.put("mat_1", {"id": "mat_1"}, ["a"], AT)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "outbox.sqlite3-wal" in modes
    outbox.close()


def test_matches_of_long_ago_are_forgotten_once_told(tmp_path: Path):
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    outbox.put("mat_1", {"id": "mat_1"}, ["a"], AT)
    outbox.put("mat_2", {"id": "mat_2"}, ["a"], AT)
    outbox.done(outbox.due(AT, "a")[0])
    outbox.forget(AT + timedelta(days=1))
    assert [outbox.found(name) is None for name in ("mat_1", "mat_2")].count(True) == 1
    assert outbox.waiting() == 1
    outbox.close()
