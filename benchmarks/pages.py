# SPDX-License-Identifier: Apache-2.0
"""What a page of the public form weighs, and how long its server takes to make it."""

import gzip
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.client import Browser
from benchmarks.ending import end_cleanly
from benchmarks.installation import Installation
from hearthline.hub.demo.world import free_ports

# HEARTHLINE_BENCH_TIMES says how often each page is asked for.
TIMES = int(os.environ.get("HEARTHLINE_BENCH_TIMES", "15"))
PAGES = (
    "/", "/report/start/child/", "/report/where/", "/report/now/", "/report/words/",
    "/report/child/", "/report/contact/", "/report/send/", "/receipt/",
)  # fmt: skip


def main() -> None:
    end_cleanly()
    with tempfile.TemporaryDirectory(prefix="hearthline-bench-") as folder:
        one = Installation(Path(folder), free_ports())
        one.prepare()
        with one.served() as port:
            browser = Browser(port)
            try:
                browser.take(one.forms(1)[0])
                _pages(browser)
            finally:
                browser.close()


def _pages(browser: Browser) -> None:
    print("The public form, page by page: bytes of HTML, and of it compressed with gzip")
    print(f"{'':34}{'bytes':>8}{'gzip':>10}{'p50 ms':>10}")
    for page in PAGES:
        seconds = [_timed(browser, page) for _ in range(TIMES)]
        packed = len(gzip.compress(browser.body))
        print(f"{page:34}{len(browser.body):8}{packed:10}{median(seconds) * 1000:10.1f}")


def _timed(browser: Browser, page: str) -> float:
    started = time.monotonic()
    browser.ask("GET", page, {}, 200)
    return time.monotonic() - started


if __name__ == "__main__":
    main()
