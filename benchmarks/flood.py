# SPDX-License-Identifier: Apache-2.0
"""A hundred thousand junk reports: how long the desk waits, and how long ending them takes.

The story is `cases/tests/test_flood_size.py`, run at full size. HEARTHLINE_FLOOD_SIZE is the
number of reports (100,000 if unset).
"""

import os
import sys
from pathlib import Path

import pytest

STORY = "src/hearthline/hub/cases/tests/test_flood_size.py"


def main() -> int:
    os.environ.setdefault("HEARTHLINE_FLOOD_SIZE", "100000")
    story = Path(__file__).resolve().parents[1] / STORY
    return int(pytest.main(["-q", "-s", "--durations=1", str(story)]))


if __name__ == "__main__":
    sys.exit(main())
