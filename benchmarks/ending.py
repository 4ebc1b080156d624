# SPDX-License-Identifier: Apache-2.0
"""A measurement that is told to stop ends its servers and removes its folders first."""

import signal
import sys
from types import FrameType


def end_cleanly() -> None:
    """From now on SIGTERM leaves by the usual way, so that every `finally` runs. Main thread only.

    Asked again meanwhile, it goes on ending; only SIGKILL leaves something behind.
    """
    signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)
