# SPDX-License-Identifier: Apache-2.0
"""hearthline exchange: fetch the hash lists that others share, and see how each stands.

The folder of the matching service (--folder, or HEARTHLINE_MATCHER, or ./matcher) holds
exchanges.toml, which names the lists, and the banks they go to. Credentials are read from the
environment or from files, as exchanges.toml says, and never given here.
"""

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hearthline.commands.ending import DONE, FAILED, CallRefused, ended, parser, tell
from hearthline.kit.matching.banks import Library
from hearthline.kit.scanning.names import shown
from hearthline.matcher.app import FOLDER
from hearthline.matcher.exchanges import (
    Busy,
    Configuration,
    ConfigurationRefused,
    Outcome,
    Settings,
    Store,
    fetch_all,
    standings,
    telling,
)
from hearthline.matcher.exchanges.banking import into_banks
from hearthline.matcher.feeds import FILE, configured, states
from hearthline.matcher.service import BANKS

# What it reports is told below, in the command's own lines.
logging.getLogger("hearthline.matcher.exchanges").addHandler(logging.NullHandler())


def main(arguments: Sequence[str]) -> int:
    """Runs the command; its exit code: 1 when an exchange failed or an answer did not read."""
    chosen = _parser().parse_args(arguments)
    return ended(f"exchange {chosen.act}", lambda: _ACTS[chosen.act](chosen))


def _parser() -> argparse.ArgumentParser:
    made = parser("exchange", __doc__)
    acts = made.add_subparsers(dest="act", required=True, metavar="ACT")

    def act(name: str, what: str) -> argparse.ArgumentParser:
        sub = acts.add_parser(name, help=what, description=what)
        sub.add_argument(
            "--folder",
            type=Path,
            default=Path(os.environ.get(FOLDER, "matcher")),
            help=f"the folder of the matching service; by default the one {FOLDER} names",
        )
        sub.add_argument("--json", action="store_true", help="one JSON object a line")
        return sub

    fetching = act("fetch", "fetch the lists named, or all that are enabled")
    fetching.add_argument("names", metavar="NAME", nargs="*")
    fetching.add_argument("--due", action="store_true", help="only those that are due, for a timer")
    status = act("status", "how each list stands; exit code 1 where one has a problem or a gap")
    status.add_argument("names", metavar="NAME", nargs="*")
    restart = act("restart", "let the next fetch take the whole list anew")
    restart.add_argument("names", metavar="NAME", nargs=1)
    return made


def _fetch(chosen: argparse.Namespace) -> int:
    # SIGTERM becomes KeyboardInterrupt, as Ctrl-C is: an exchange that fails takes no notice of
    # other exceptions and lets the next have its turn.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    configuration = _configured(chosen)
    exchanges = _named(configuration, chosen.names)
    resting = [settings.name for settings in exchanges if not settings.enabled]
    if chosen.names and resting:
        raise CallRefused(f"{resting[0]} is not enabled; set enabled = true in {FILE} first.")
    banks = chosen.folder / BANKS
    if not banks.is_dir():
        raise CallRefused(
            f"{banks} is no folder of banks; `hearthline bank create NAME --library` makes one."
        )
    state, code = states(chosen.folder), DONE
    with Library(banks) as library:
        receiver_for = into_banks(library, state)
        for settings in exchanges:
            if not settings.enabled:
                continue
            outcome = fetch_all(
                Configuration((settings,), configuration.folder),
                receiver_for,
                state=state,
                at=_now(),
                due_only=chosen.due,
            ).get(settings.name)
            if outcome is None and chosen.due:
                # Not due, or another fetch is on it: both are well.
                continue
            outcome = outcome or Outcome(problem="another fetch is on it", problem_code="busy")
            _tell(settings, outcome, state, as_json=chosen.json)
            if outcome.problem or outcome.quarantined:
                code = FAILED
    return code


def _status(chosen: argparse.Namespace) -> int:
    configuration = _configured(chosen)
    wanted = Configuration(_named(configuration, chosen.names), configuration.folder)
    code = DONE
    for one in standings(wanted, states(chosen.folder)):
        if chosen.json:
            _write(telling.standing_value(one))
        else:
            for line in telling.standing_lines(one):
                _say(line)
        if one.enabled and (one.status.problem or one.status.gaps):
            code = FAILED
    return code


def _restart(chosen: argparse.Namespace) -> int:
    [settings] = _named(_configured(chosen), chosen.names)
    store = Store(states(chosen.folder) / settings.name)
    try:
        with store.locked():
            store.restart()
    except Busy:
        tell(
            "exchange restart", f"{settings.name}: a fetch is on it; wait for its end, or stop it."
        )
        return FAILED
    finally:
        store.close()
    if chosen.json:
        _write({"exchange": settings.name, "result": "restarted"})
    else:
        _say(f"{settings.name}: the next fetch takes the whole list anew.")
    return DONE


def _configured(chosen: argparse.Namespace) -> Configuration:
    try:
        configuration = configured(chosen.folder)
    except ConfigurationRefused as refused:
        raise CallRefused(str(refused)) from None
    if configuration is None:
        raise CallRefused(f"there is no {FILE} in {chosen.folder}; docs/exchanges.md shows one.")
    return configuration


def _named(configuration: Configuration, names: Sequence[str]) -> tuple[Settings, ...]:
    """The exchanges of these names, or all."""
    if not names:
        return configuration.exchanges
    try:
        return tuple(configuration.named(name) for name in dict.fromkeys(names))
    except KeyError as error:
        known = ", ".join(settings.name for settings in configuration.exchanges) or "none"
        raise CallRefused(f"{FILE} names no exchange {error}; there are: {known}.") from None


def _tell(settings: Settings, outcome: Outcome, state: Path, *, as_json: bool) -> None:
    if as_json:
        _write(telling.outcome_value(settings, outcome))
        return
    _say(telling.outcome_line(settings, outcome))
    for line in telling.outcome_troubles(settings, outcome, state / settings.name):
        tell("exchange fetch", line)


def _now() -> datetime:
    return datetime.now(UTC)


def _say(line: str) -> None:
    sys.stdout.write(shown(line) + "\n")
    sys.stdout.flush()


def _write(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


_ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "fetch": _fetch,
    "status": _status,
    "restart": _restart,
}
