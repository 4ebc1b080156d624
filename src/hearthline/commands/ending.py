# SPDX-License-Identifier: Apache-2.0
"""How a command of the engine ends: its exit code, and one plain line for each refusal."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from hearthline.kit.formats.refused import FormatRefused
from hearthline.kit.matching import IndexBroken, IndexBusy
from hearthline.kit.matching.banks import BankRefused
from hearthline.kit.scanning.names import shown
from hearthline.kit.scanning.place import PlaceRefused

DONE, FAILED, NOT_UNDERSTOOD, STOPPED = 0, 1, 2, 3
CODES = (
    "exit codes: 0 done; 1 done, but something failed; 2 the call cannot be understood; "
    "3 stopped before the end"
)


class CallRefused(ValueError):
    """The call cannot be done as it stands; the message says what to change."""


class Stopped(Exception):
    """Somebody asked the command to stop."""


def parser(name: str, what: str | None, **more: Any) -> argparse.ArgumentParser:
    """A parser whose help ends with the exit codes."""
    return argparse.ArgumentParser(
        prog=f"hearthline {name}",
        description=what,
        epilog=CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        **more,
    )


def ended(name: str, act: Callable[[], int]) -> int:
    """Runs the command, and tells every way in which it may not succeed."""
    try:
        with _stopped_by_signals():
            code = act()
            sys.stdout.flush()
            return code
    except BrokenPipeError:
        # Who read the output has enough. Nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return STOPPED
    except (Stopped, KeyboardInterrupt):
        tell(name, "stopped.")
        return STOPPED
    except (CallRefused, PlaceRefused) as refusal:
        tell(name, str(refusal))
        return NOT_UNDERSTOOD
    except (BankRefused, FormatRefused, IndexBroken, IndexBusy) as refusal:
        tell(name, _sentence(str(refusal)))
        return FAILED
    except OSError as error:
        where = f"{shown(str(error.filename))}: " if error.filename else ""
        tell(name, f"{where}{error.strerror or type(error).__name__}.")
        return FAILED


def tell(name: str, text: str) -> None:
    """One line on standard error, whatever the text holds."""
    sys.stderr.write(f"hearthline {name}: {shown(text)}\n")
    sys.stderr.flush()


def listed(text: str, allowed: Sequence[str], what: str) -> tuple[str, ...]:
    """Values of an option, separated by commas. Raises CallRefused."""
    values = tuple(dict.fromkeys(filter(None, (each.strip().lower() for each in text.split(",")))))
    unknown = [each for each in values if each not in allowed]
    if unknown or not values:
        named = f"{unknown[0]!r} is no" if unknown else "name at least one"
        raise CallRefused(f"{named} {what}; there are {', '.join(allowed)}.")
    return values


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM stops a command as Ctrl-C does, so that it can let go of what it holds."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
