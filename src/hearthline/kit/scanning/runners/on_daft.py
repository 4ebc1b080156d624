# SPDX-License-Identifier: Apache-2.0
"""Daft: the cores of this machine, or all machines of a Ray cluster, by one option.

A scan is a query over a table of shards, with a column that scans each. Rows come back to who
asked, so machines need nothing in common but the files and the banks, under the same names.
"""

import importlib
import os
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import daft
from daft.exceptions import DaftCoreException
from pydantic import TypeAdapter

from hearthline.kit.matching.banks import BankRefused
from hearthline.kit.scanning import names
from hearthline.kit.scanning.runners import SILENCE
from hearthline.kit.scanning.running import ScanStopped
from hearthline.kit.scanning.scanner import Done, Scanner, Task, Work

# What goes between processes is JSON: nothing that comes back can run.
_TASK: TypeAdapter[Task] = TypeAdapter(Task)
_ANSWER: TypeAdapter[Done | str] = TypeAdapter(Done | str)
#: Shards of one query: the names in all of them are in memory together.
_WAVE = 1_000


class Daft:
    """`size` processes, by default one a core.

    `cluster` is the address of a Ray cluster, "local" for one made on this machine, or empty to
    do without Ray. Raises ScanStopped where the cluster cannot be reached.
    """

    def __init__(self, size: int = 0, *, cluster: str = "") -> None:
        self._size = size or os.cpu_count() or 1
        self._use_process: bool | None = None
        os.environ["DAFT_PROGRESS_BAR"] = "0"
        if cluster:
            self._size = _join(cluster, size)
        else:
            self._use_process = True
            daft.set_runner_native()

    def run(
        self, task: Task, works: Iterator[Work], moved: Callable[[int], None]
    ) -> Iterator[Done]:
        """See `Runner`."""
        kind: Any = daft.cls(
            _Scan, max_concurrency=self._size, use_process=self._use_process, max_retries=0
        )
        scan = kind(_TASK.dump_json(task))
        while wave := list(islice(works, _WAVE)):
            table = daft.from_pydict(
                {
                    "shard": [work.shard for work in wave],
                    "names": [names.joined(work.names) for work in wave],
                }
            ).into_batches(1)
            table = table.select(scan.shard(table["shard"], table["names"]).alias("done"))
            try:
                for row in table.iter_rows(results_buffer_size=self._size):
                    done = _ANSWER.validate_json(row["done"])
                    if not isinstance(done, Done):
                        raise ScanStopped(done)
                    moved(len(done.lines))
                    yield done
            except (DaftCoreException, RuntimeError, OSError) as fault:
                if isinstance(fault, ScanStopped):
                    raise
                lines = str(fault).strip().splitlines() or [type(fault).__name__]
                raise ScanStopped(
                    f"Daft stopped: {lines[0][:200]}. Run the same again to go on; with --runner "
                    "pool a file that kills its process is stepped over."
                ) from fault


class _Scan:
    """The column: one instance for each process, with the banks open."""

    def __init__(self, task: bytes) -> None:
        self._scanner = Scanner(_TASK.validate_json(task))

    @daft.method(return_dtype=daft.DataType.binary())
    def shard(self, number: int, joined: bytes) -> bytes:
        work = Work(number, tuple(names.parted(joined)))
        try:
            return _ANSWER.dump_json(self._scanner.scan(work))
        except BankRefused as refusal:
            return _ANSWER.dump_json(str(refusal))


def _join(cluster: str, size: int) -> int:
    """Joins a Ray cluster, and returns how many processes to use."""
    try:
        ray = importlib.import_module("ray")
    except ModuleNotFoundError:
        raise ScanStopped(
            "A cluster needs Ray, which is not installed: pip install 'hearthline[cluster]'."
        ) from None
    own: dict[str, Any] = {"include_dashboard": False, "num_cpus": size or None}
    try:
        ray.init(
            address=cluster,
            log_to_driver=False,
            logging_level="ERROR",
            runtime_env={"env_vars": SILENCE},
            **(own if cluster == "local" else {}),
        )
    except (ConnectionError, OSError, RuntimeError, ValueError) as fault:
        raise ScanStopped(f"The cluster at {cluster} cannot be joined: {fault}") from fault
    daft.set_runner_ray(noop_if_initialized=True)
    return size or int(ray.cluster_resources().get("CPU", 1))
