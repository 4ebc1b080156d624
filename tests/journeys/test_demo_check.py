# SPDX-License-Identifier: Apache-2.0
"""The demonstration walks its whole way, and its one-click sign-ins exist nowhere else."""

import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from hearthline.hub.config.commands.serve import DOORS, server
from hearthline.hub.demo.check import STEPS, walk
from hearthline.hub.demo.world import World
from tests.journeys.steps import eventually

pytestmark = [pytest.mark.world]


def test_the_whole_way_is_open(world: World) -> None:
    seen = walk(world)
    assert seen["gaps"] == []
    for step in STEPS:
        assert step.__name__ in seen
    assert seen["form_posted"]["digits"] == 16
    assert seen["confirmed"]["people"] == 2
    assert seen["police_package_opened"]["opened"]
    assert seen["notice_received"]["after_police"]
    assert seen["removal_confirmed"]["rounds"] >= 3
    assert seen["receipt_page_read"]["chinese"]
    assert seen["sdmx_parsed"]["observations"] > 0
    assert seen["audit_verified"]["sentence"].startswith("The log is whole")


@pytest.fixture
def in_earnest(world: World) -> Iterator[dict[str, str]]:
    """The three doors as a country runs them: the same programs without HEARTHLINE_DEMO."""
    running, urls = [], {}
    for door in DOORS:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own = {n: v for n, v in world.environment(door).items() if n != "HEARTHLINE_DEMO"}
        running.append(
            subprocess.Popen(server("127.0.0.1", port, 1), env=own, start_new_session=True)
        )
        urls[door] = f"http://127.0.0.1:{port}"
    yield urls
    for process in running:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def status(url: str, data: bytes | None = None) -> int:
    """The status a door answers with; 0 while it does not answer yet."""
    try:
        with urllib.request.urlopen(url, data, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
    except OSError:
        return 0


def test_nobody_signs_in_with_one_click_in_earnest(in_earnest: dict[str, str]) -> None:
    for door, url in in_earnest.items():
        eventually(f"the {door} door", lambda url=url: status(f"{url}/language/"))
        for path in ("/demo/", "/demo/sign-in/ana/", "/demo/inbox/", "/demo/pages/"):
            assert status(url + path) == 404, url + path
        assert status(f"{url}/demo/sign-in/ana/", b"") in {403, 404}
