# SPDX-License-Identifier: Apache-2.0
"""How far a scan is: on a terminal a bar with rate and time left, else plain lines."""

import sys
import time
from typing import Self

from tqdm import tqdm  # type: ignore[import-untyped]

_EVERY = 10.0


class Progress:
    """Of `total` files."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self._total, self._quiet = total, quiet
        self._count = 0
        self._bar: tqdm | None = None

    def __enter__(self) -> Self:
        self._began = self._told = time.monotonic()
        if not self._quiet and sys.stderr.isatty():
            self._bar = tqdm(total=self._total, unit=" files", unit_scale=False, dynamic_ncols=True)
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self._count:
            self._line()

    def moved(self, count: int) -> None:
        """So many more files were begun."""
        self._count += count
        if self._bar is not None:
            self._bar.update(count)
        elif time.monotonic() - self._told >= _EVERY:
            self._line()

    def _line(self) -> None:
        if self._quiet:
            return
        self._told = time.monotonic()
        rate = self._count / max(self._told - self._began, 1e-9)
        left = max(self._total - self._count, 0) / max(rate, 1e-9)
        sys.stderr.write(
            f"hearthline scan: {self._count:,} of {self._total:,} files, {rate:,.1f} a second, "
            f"{_spoken(left)} left\n"
        )
        sys.stderr.flush()


def _spoken(seconds: float) -> str:
    """A length of time as a person says it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:,.0f} h"
