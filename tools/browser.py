# SPDX-License-Identifier: Apache-2.0
"""Find a Chromium for the browser tests, or install Debian's where we may.

Where none can be had the browser tests are skipped, loudly. HEARTHLINE_REQUIRE_BROWSER=1 makes
that a failure.
"""

import os
import shutil
import sys

from debian import install

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")


def find() -> str | None:
    """The path of a Chromium: HEARTHLINE_CHROMIUM, or the first of NAMES on the PATH."""
    return os.environ.get("HEARTHLINE_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )


def main() -> int:
    if find() is None:
        install(*PACKAGES)
    path = find()
    if path:
        print(f"Browser tests use {path}.")
        return 0
    print(
        "*** No Chromium was found or could be installed: the browser tests will be SKIPPED. ***\n"
        "*** Install one, or name it in HEARTHLINE_CHROMIUM. ***",
        file=sys.stderr,
    )
    return 1 if os.environ.get("HEARTHLINE_REQUIRE_BROWSER") else 0


if __name__ == "__main__":
    raise SystemExit(main())
