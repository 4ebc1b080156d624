# SPDX-License-Identifier: Apache-2.0
"""The real command, stopped and killed amid its work: what it did stays, and it goes on.

Daft and Ray are optional. HEARTHLINE_REQUIRE_DAFT=1 makes their absence a failure.
"""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hearthline.kit.scanning.tests import make

FILES = 60
PATIENCE = 300.0


def needed(*modules: str) -> None:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing and os.environ.get("HEARTHLINE_REQUIRE_DAFT"):
        pytest.fail(f"HEARTHLINE_REQUIRE_DAFT is set and {', '.join(missing)} not installed")
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed: this runner is NOT tested here")


@pytest.fixture
def call(tmp_path: Path, banks: Path) -> list[str]:
    make.pictures(tmp_path / "in", FILES)
    (tmp_path / "in" / "007.jpg").write_bytes(b"\x89PNG\r\n\x1a\n")
    command = [sys.executable, "-m", "hearthline.cli", "scan", str(tmp_path / "in")]
    command += ["--library", str(banks), "--out", str(tmp_path / "out"), "--workers", "2"]
    return [*command, "--shard-files", "1"]


def done(out: Path) -> int:
    manifest = out / "manifest.jsonl"
    return manifest.read_bytes().count(b"\n") if manifest.exists() else 0


def stopped(call: list[str], out: Path, how: signal.Signals) -> int:
    """Starts the command, and ends it by a signal once it has done a little more."""
    before = done(out)
    with subprocess.Popen(  # noqa: S603
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        end = time.monotonic() + PATIENCE
        while done(out) < before + 3 and time.monotonic() < end:
            assert process.poll() is None, process.communicate()
            time.sleep(0.002)
        process.send_signal(how)
        said = process.communicate(timeout=PATIENCE)[1]
    assert b"Traceback" not in said
    assert before + 3 <= done(out) < FILES, "it was to be stopped amid its work"
    return process.returncode


def finished(call: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        call, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def check_rows(out: Path, banks: Path) -> None:
    """Every file once, and what one process alone would have found."""
    rows = [row for path in sorted((out / "results").iterdir()) for row in make.rows(path)]
    names = [row["path"] for row in rows]
    assert names == sorted(str(path) for path in (out.parent / "in").iterdir())
    task = make.task(banks, kinds=("pdq", "sha256"))
    (alone,) = make.InTurn().run(task, iter([make.Work(0, tuple(names))]), lambda _: None)
    assert b"".join(alone.lines) == b"".join(
        path.read_bytes() for path in sorted((out / "results").iterdir())
    )


def test_processes_stopped_and_killed_lose_and_repeat_nothing(
    tmp_path: Path, banks: Path, call: list[str]
):
    out = tmp_path / "out"
    assert stopped(call, out, signal.SIGINT) == 3
    assert stopped(call, out, signal.SIGKILL) == -signal.SIGKILL
    ended = finished(call)
    assert ended.returncode == 1, "one file cannot be read"
    assert "60 of 60 files done: 59 pictures, 1 others." in ended.stdout
    check_rows(out, banks)


def test_daft_killed_and_stopped_loses_and_repeats_nothing(
    tmp_path: Path, banks: Path, call: list[str]
):
    needed("daft")
    out = tmp_path / "out"
    call += ["--runner", "daft"]
    assert stopped(call, out, signal.SIGKILL) == -signal.SIGKILL
    assert stopped(call, out, signal.SIGINT) == 3
    assert finished(call).returncode == 1
    check_rows(out, banks)


def test_daft_on_a_ray_cluster_goes_on_where_processes_were_killed(
    tmp_path: Path, banks: Path, call: list[str]
):
    needed("daft", "ray")
    out = tmp_path / "out"
    assert stopped(call, out, signal.SIGKILL) == -signal.SIGKILL
    ended = finished([*call, "--cluster", "local"])
    assert ended.returncode == 1, ended.stderr
    check_rows(out, banks)
