# SPDX-License-Identifier: Apache-2.0
"""The service as an operator starts it: two worker processes, a key, real connections."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from hearthline.kit.formats import webhook
from hearthline.kit.matching.banks import HashKind, KnownHash, Library
from hearthline.matcher.keys import Keys, Scope
from hearthline.matcher.tests import make
from hearthline.matcher.tests.hma_client import HmaClient
from hearthline.matcher.tests.receiver import Receiver
from hearthline.matcher.webhooks import Hooks


@dataclass
class Served:
    folder: Path
    port: int
    key: str
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "hearthline.cli", "matcher", "--folder", str(self.folder)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own fixed command
                [*command, "serve", "--port", str(self.port)],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self.is_up)

    def is_up(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url()}/status").status_code == 200
        return False

    def end(self, number: int = signal.SIGTERM) -> None:
        assert self.process is not None
        # The whole group: workers that are killed one by one are started anew.
        send = os.killpg if number == signal.SIGKILL else os.kill
        send(self.process.pid, number)
        self.process.wait(30)


def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("served")
    folder = place / "state"
    folder.mkdir()
    key = Keys(folder / "keys.json").make("platform", list(Scope), at=datetime.now(UTC))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = Served(folder, port, key, place / "log")
    served.start()
    yield served
    served.end()


@pytest.fixture
def client(served: Served) -> Iterator[HmaClient]:
    """It knows nothing of keys: the key is in the address, as a password."""
    with httpx.Client() as sender:
        client = HmaClient(sender, f"http://key:{served.key}@127.0.0.1:{served.port}")
        client.ensure_bank("KNOWN")
        yield client


def test_a_client_that_knows_nothing_of_keys_goes_through_all_it_does(client: HmaClient):
    assert client.alive()
    content = client.bank_file("KNOWN", make.a_file(1))
    again = make.as_file(make.a_picture(1).resize((200, 150)), "JPEG")
    assert client.match_file(again) == {"pdq": {"KNOWN": [content]}}
    hashed = client.hash_file(make.a_file(1))
    assert list(client.match_hash(hashed["pdq"])) == ["KNOWN"]
    assert client.remove("KNOWN", content) == 1
    assert client.match_hash(hashed["pdq"]) == {}


def test_what_another_process_changes_is_seen_at_the_next_call(served: Served, client: HmaClient):
    value = make.a_hash(50)
    with Library(served.folder / "banks") as library:
        bank = library.create_bank("ELSEWHERE", by="Ada", at=datetime.now(UTC))
        assert client.match_hash(value.hex()) == {}
        entry = KnownHash(HashKind.PDQ, value)
        ids = bank.add([entry], source="s", by="Ada", at=datetime.now(UTC)).ids.tolist()
        # By both workers at the next call, whichever of them a connection comes to.
        for _ in range(8):
            with httpx.Client() as sender:
                other = HmaClient(sender, client.base)
                assert list(other.match_hash(value.hex())) == ["ELSEWHERE"]
        bank.remove(ids, by="Ada", at=datetime.now(UTC))
        assert client.match_hash(value.hex()) == {}


def test_a_webhook_survives_that_everything_is_killed(served: Served, client: HmaClient):
    receiver = Receiver()
    receiver.status = 503
    hook = Hooks(served.folder / "webhooks.json").add("desk", receiver.url)
    value = make.a_hash(60).hex()
    client.bank_hash("KNOWN", {"pdq": value})
    bearer = {"Authorization": f"Bearer {served.key}"}
    asked = {"hashes": [value], "reference": "upload-1"}
    told = httpx.post(f"{served.url()}/v1/lookup", json=asked, headers=bearer).json()
    served.end(signal.SIGKILL)
    receiver.status = 204
    already = len(receiver.taken)
    served.start()
    until(lambda: len(receiver.taken) > already)
    headers, body = receiver.taken[-1]
    at = datetime.now(UTC)
    assert (
        webhook.verify(secret=hook.secret, received=headers, body=body, at=at)
        == (told["announced"])
    )
    link = f"{served.url()}/v1/matches/{told['announced']}"
    assert httpx.get(link, headers=bearer).json()["reference"] == "upload-1"
    Hooks(served.folder / "webhooks.json").remove("desk")
    receiver.close()


def test_workers_count_together_and_log_nothing(served: Served, client: HmaClient):
    secret = make.a_hash(70).hex()
    for _ in range(10):
        with httpx.Client() as sender:
            HmaClient(sender, client.base).match_hash(secret)
    bearer = {"Authorization": f"Bearer {served.key}"}
    lines = httpx.get(f"{served.url()}/metrics", headers=bearer).text.splitlines()
    counted = [
        float(line.rsplit(" ", 1)[1])
        for line in lines
        if line.startswith("hearthline_matcher_calls_total") and 'route="/m/lookup"' in line
    ]
    assert sum(counted) >= 10
    log = served.log.read_text()
    assert secret not in log
    assert "Traceback" not in log
    assert served.key not in log
