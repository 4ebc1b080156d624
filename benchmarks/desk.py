# SPDX-License-Identifier: Apache-2.0
"""The desk's pages and a month's figures when there is much: see `benchmarks.population`.

HEARTHLINE_BENCH_SUBJECTS says how many subjects (20,000 if unset; a tenth of them have an open
case). 1000000 is the size a country has after years; filling it takes some minutes.
"""

import os
import tempfile
from pathlib import Path

from benchmarks.installation import Installation
from hearthline.hub.config.tests.postgres import Cluster
from hearthline.hub.demo.world import free_ports

SUBJECTS = int(os.environ.get("HEARTHLINE_BENCH_SUBJECTS", "20000"))
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hearthline-bench-") as folder:
        Path(folder).chmod(0o755)
        _measure(Installation(Path(folder) / "sqlite", free_ports()))
        if os.environ.get("HEARTHLINE_BENCH_DESK_POSTGRES"):
            cluster = Cluster.in_a_temporary_folder(durable=True)
            try:
                _measure(
                    Installation(Path(folder) / "postgres", free_ports(), database=cluster.url)
                )
            finally:
                cluster.stop()


def _measure(one: Installation) -> None:
    one.prepare()
    said = one.run(
        str(ROOT / "manage.py"), "shell", "-v", "0", "-c",
        f"from benchmarks.desk_pages import measure; measure({SUBJECTS}, {SUBJECTS // 10})",
    )  # fmt: skip
    print(said.strip())


if __name__ == "__main__":
    main()
