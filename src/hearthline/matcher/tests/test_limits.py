# SPDX-License-Identifier: Apache-2.0
"""What a call may cost, and what becomes of one that costs more."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hearthline.kit.matching.banks import HashKind
from hearthline.matcher.configuration import Configuration, ConfigurationRefused, read_configuration
from hearthline.matcher.keys import EVERYBODY
from hearthline.matcher.recognition import Recognition
from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller
from hearthline.matcher.web import Call, Refusal


@pytest.fixture
def small(folder: Path) -> Iterator[Caller]:
    folder.mkdir()
    (folder / "matcher.toml").write_text(
        "largest_file = 5000\nbody_seconds = 0.1\nmost_pixels = 1000000\nmemory = 1048576\n"
    )
    caller = Caller(folder)
    yield caller
    caller.close()


def test_a_body_that_is_too_large_is_refused_before_it_is_read(small: Caller):
    answer = small.post("/v1/hash", content=b"x" * 5001)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert small.post("/h/hash", content=b"x" * 5001).json() == {
        "message": "more than 5,000 bytes, which is the limit here"
    }


def asked(small: Caller, receive: Any, headers: list[tuple[bytes, bytes]] | None = None) -> int:
    """The status of a call whose body comes as `receive` gives it."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/hash",
        "query_string": b"",
        "headers": headers or [],
    }
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    small.run(small.door(scope, receive, send))
    return int(sent[0]["status"])


def test_a_body_of_json_is_no_larger_than_the_largest_batch_needs(folder: Path):
    folder.mkdir()
    (folder / "matcher.toml").write_text("largest_batch = 10\n")
    caller = Caller(folder)
    asked = {"hashes": [make.a_hash(number).hex() for number in range(10)]}
    assert caller.post("/v1/lookup", json=asked).status_code == 200
    for path in ("/v1/lookup", "/m/compare", "/c/banks"):
        assert caller.post(path, content=b" " * 70_000).status_code == 413
    assert caller.post("/v1/hash", content=make.a_file() + bytes(70_000)).status_code == 200
    caller.close()


def test_a_body_that_grows_beyond_its_length_is_refused(small: Caller):
    async def receive() -> dict:
        return {"type": "http.request", "body": b"x" * 2000, "more_body": True}

    assert asked(small, receive) == 413
    assert asked(small, receive, [(b"content-length", b"10")]) == 413
    assert small.door._held == 0


def test_a_body_that_drips_is_given_up(small: Caller):
    async def receive() -> dict:
        await asyncio.sleep(0.06)
        return {"type": "http.request", "body": b"x", "more_body": True}

    assert asked(small, receive) == 408


def test_a_caller_who_leaves_is_let_go(small: Caller):
    async def receive() -> dict:
        return {"type": "http.disconnect"}

    assert asked(small, receive) == 400
    assert small.door._held == 0


def test_bodies_together_have_a_limit_of_memory(small: Caller):
    small.door._held = 1048576

    async def receive() -> dict:
        return {"type": "http.request", "body": b"x", "more_body": False}

    assert asked(small, receive) == 503
    small.door._held = 0


def test_a_form_is_held_as_its_files_and_not_twice(caller: Caller):
    request = httpx.Request("POST", "http://a.test", files={"photo": ("a", make.a_file())})
    headers = [(b"content-type", request.headers["content-type"].encode())]
    call = Call({"headers": headers}, EVERYBODY, caller.service, body=request.read())
    assert [file.content for file in call.files] == [make.a_file()]
    assert call.body == b""


def test_a_bomb_takes_nothing_down(caller: Caller):
    bomb = make.a_bomb()
    assert len(bomb) < 200_000
    told = caller.post("/v1/hash-and-match", content=bomb).json()
    assert told["not_hashed"]["code"] == "bomb"
    assert caller.post("/h/hash", files={"photo": ("a", bomb)}).status_code == 400
    assert caller.get("/status").status_code == 200


def test_more_than_can_wait_is_told_to_come_again(caller: Caller):
    recognition = Recognition(caller.service.library, Configuration(waiting=0))
    gate = threading.Event()

    async def both() -> None:
        first = asyncio.ensure_future(recognition._hashing.run(gate.wait))
        await asyncio.sleep(0)
        with pytest.raises(Refusal) as refused:
            await recognition.hashed(make.a_file())
        assert (refused.value.status, refused.value.retry_after) == (503, 1)
        gate.set()
        await first
        await asyncio.sleep(0)
        assert (await recognition.hashed(make.a_file())).picture is not None

    caller.run(both())
    recognition.close()


def test_a_call_that_takes_too_long_is_ended_and_keeps_its_place(folder: Path):
    folder.mkdir()
    (folder / "matcher.toml").write_text("seconds = 0.1\nwaiting = 0\n")
    caller, gate = Caller(folder), threading.Event()
    hash_one = caller.service.recognition._hash
    caller.service.recognition._hash = lambda *args: gate.wait() and hash_one(*args)
    try:
        assert caller.post("/v1/hash", content=make.a_file()).status_code == 504
        assert caller.post("/v1/hash", content=make.a_file()).status_code == 503
    finally:
        gate.set()
        caller.close()


def test_what_nobody_waits_for_any_more_is_not_done(caller: Caller):
    recognition = Recognition(caller.service.library, Configuration())
    gate, done = threading.Event(), []

    async def all_of_it() -> None:
        first = asyncio.ensure_future(recognition._hashing.run(lambda: gate.wait(9)))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await recognition._hashing.run(lambda: done.append("too late"))
        gate.set()
        await first
        await recognition._hashing.run(lambda: done.append("in time"))

    caller.run(all_of_it())
    recognition.close()
    assert done == ["in time"]


def test_addresses_that_answer_slowly_hold_up_no_look_up(caller: Caller):
    recognition = caller.service.recognition
    gate = threading.Event()

    async def all_of_it() -> None:
        slow = [asyncio.ensure_future(recognition.fetched(lambda: gate.wait(9))) for _ in range(8)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            assert await recognition.aside(lambda: "here") == "here"
        gate.set()
        await asyncio.gather(*slow)

    caller.run(all_of_it())


def test_only_the_hashes_asked_for_are_made(caller: Caller):
    hashed = caller.run(caller.service.recognition.hashed(make.a_file(), [HashKind.PDQ]))
    assert (hashed.digests, hashed.picture is not None, hashed.outcome) == ({}, True, "picture")
    hashed = caller.run(caller.service.recognition.hashed(make.a_file(), [HashKind.MD5]))
    assert (set(hashed.digests), hashed.picture, hashed.outcome) == ({HashKind.MD5}, None, "bytes")


def test_a_fault_is_told_by_a_reference_and_logged_without_its_text(caller: Caller, caplog):
    def broken(*_: object) -> None:
        raise RuntimeError("the content itself")

    caller.service.recognition._hash = broken
    answer = caller.post("/v1/hash", content=make.a_file())
    assert (answer.status_code, answer.json()["code"]) == (500, "fault")
    assert "RuntimeError at hearthline.matcher.tests.test_limits:" in caplog.text
    assert "the content itself" not in caplog.text + answer.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("seconds = 0", "seconds: "),
        ("wish = 1", "wish: "),
        ('allow_hosts = ["https://a.test/"]', "allow_hosts.0: "),
        ("= nothing", "cannot be read"),
    ],
)
def test_settings_that_cannot_be_used_name_themselves(tmp_path: Path, text: str, reason: str):
    path = tmp_path / "matcher.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationRefused, match=reason):
        read_configuration(path)


def test_an_address_that_is_none_and_a_method_that_is_not_there(caller: Caller):
    answer = caller.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert caller.delete("/v1/lookup").json()["detail"] == "use POST"
    assert caller.get("/m/nowhere").json().keys() == {"message"}
    assert caller.call("HEAD", "/status").status_code == 200
