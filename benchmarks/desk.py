# SPDX-License-Identifier: Apache-2.0
"""The desk's pages, a month's figures and the promises when there is much: `benchmarks.population`.

HEARTHLINE_BENCH_SUBJECTS says how many subjects (20,000 if unset; a tenth of them have an open
case). 1000000 is the size a country has after years; filling it takes some minutes.
HEARTHLINE_BENCH_DESK_POSTGRES=1 asks PostgreSQL the same after SQLite.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.ending import end_cleanly
from benchmarks.installation import Installation, postgres
from hearthline.hub.demo.world import free_ports

SUBJECTS = int(os.environ.get("HEARTHLINE_BENCH_SUBJECTS", "20000"))
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    end_cleanly()
    with tempfile.TemporaryDirectory(prefix="hearthline-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        _measure(Installation(folder / "sqlite", free_ports()))
        if os.environ.get("HEARTHLINE_BENCH_DESK_POSTGRES"):
            with postgres() as cluster:
                _measure(Installation(folder / "postgres", free_ports(), database=cluster.url))


def _measure(one: Installation) -> None:
    """In a process of its own, which prints each line as soon as it is known."""
    one.prepare()
    asked = f"from benchmarks.desk_pages import measure; measure({SUBJECTS}, {SUBJECTS // 10})"
    subprocess.run(
        [sys.executable, "-u", str(ROOT / "manage.py"), "shell", "-v", "0", "-c", asked],
        env=one.environment(),
        check=True,
    )


if __name__ == "__main__":
    main()
