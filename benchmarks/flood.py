# SPDX-License-Identifier: Apache-2.0
"""Junk reports by the ten thousand: how long the desk waits, and how long ending them takes.

The story is `cases/tests/test_flood_size.py`, run at a larger size. HEARTHLINE_FLOOD_SIZE is the
number of reports (20,000 if unset; 100000 takes some minutes).
"""

import os
import sys
from pathlib import Path

import pytest

from benchmarks.ending import end_cleanly

STORY = "src/hearthline/hub/cases/tests/test_flood_size.py"


def main() -> int:
    end_cleanly()
    os.environ.setdefault("HEARTHLINE_FLOOD_SIZE", "20000")
    story = Path(__file__).resolve().parents[1] / STORY
    return int(pytest.main(["-q", "-s", "--durations=1", str(story)]))


if __name__ == "__main__":
    sys.exit(main())
