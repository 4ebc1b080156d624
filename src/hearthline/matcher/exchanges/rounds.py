# SPDX-License-Identifier: Apache-2.0
"""All configured exchanges: fetch those that are due, and tell how each stands.

There is no scheduler here. Whoever has one calls `fetch_all` with the time.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from hearthline.matcher.exchanges.configuration import (
    Configuration,
    ConfigurationRefused,
    Settings,
    Surroundings,
)
from hearthline.matcher.exchanges.feed import ExchangeFailed, Receiver
from hearthline.matcher.exchanges.fetching import Outcome, fetch
from hearthline.matcher.exchanges.store import UNTOUCHED, Busy, Status, Store

logger = logging.getLogger(__name__)

STOPPED: Final = "stopped"
"""The problem code of a fetch that somebody ended; it is due again at once."""

ReceiverFor = Callable[[Settings], Receiver]
"""Where the entries of an exchange go: its bank."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One exchange for a page or a command: what it is, how it stands, when it is due next
    (None: at once)."""

    name: str
    kind: str
    bank: str
    enabled: bool
    due: datetime | None
    status: Status


def standings(configuration: Configuration, state: Path) -> tuple[Standing, ...]:
    """How every configured exchange stands; `state` is the folder of the state folders. Makes
    nothing: whoever looks may be another than who fetches."""
    found = []
    for settings in configuration.exchanges:
        status = _status(state, settings)
        found.append(
            Standing(
                settings.name,
                settings.kind,
                settings.bank,
                settings.enabled,
                due_at(settings, status),
                status,
            )
        )
    return tuple(found)


def due_at(settings: Settings, status: Status) -> datetime | None:
    """When `settings` is to be fetched next: its interval after the last attempt, or later where
    the source asked for that. None, at once: it never was, or somebody stopped it."""
    if status.last_attempt is None or status.problem_code == STOPPED:
        return None
    regular = status.last_attempt + timedelta(minutes=settings.every_minutes)
    return max(regular, status.not_before or regular)


def fetch_all(
    configuration: Configuration,
    receiver_for: ReceiverFor,
    *,
    state: Path,
    at: datetime,
    due_only: bool = True,
    around: Surroundings | None = None,
) -> dict[str, Outcome]:
    """Fetch the enabled exchanges (`due_only`: those that are due), one after another, by name.

    None holds up another: what goes wrong with one is in its outcome. One that another process is
    fetching is left out. KeyboardInterrupt ends the round, noted at the exchange it met.
    """
    around = around or Surroundings(folder=configuration.folder)
    outcomes = {}
    for settings in configuration.exchanges:
        if not settings.enabled:
            continue
        try:
            with _store(state, settings) as store, contextlib.suppress(Busy):
                due = due_at(settings, store.status())
                if due_only and due is not None and due > at:
                    continue
                outcomes[settings.name] = _fetch_one(settings, store, receiver_for, at, around)
        except (OSError, sqlite3.Error) as error:
            text = _unusable(state, settings, error)
            outcomes[settings.name] = Outcome(problem=text, problem_code="state")
            logger.error("exchange %s: %s", settings.name, text)
    return outcomes


def _fetch_one(
    settings: Settings,
    store: Store,
    receiver_for: ReceiverFor,
    at: datetime,
    around: Surroundings,
) -> Outcome:
    try:
        exchange = settings.exchange(around)
        receiver = receiver_for(settings)
        outcome = fetch(exchange, store, receiver, at=at, most_removed=settings.most_removed)
    except Busy:
        raise
    except KeyboardInterrupt:
        text = "somebody stopped the fetch; the next goes on from the last page kept"
        with contextlib.suppress(sqlite3.Error):
            store.fail(ExchangeFailed(STOPPED, text), at=at)
        raise
    except (ExchangeFailed, ConfigurationRefused) as refused:
        code = refused.code if isinstance(refused, ExchangeFailed) else "configuration"
        outcome = Outcome(problem=str(refused), problem_code=code)
        store.fail(ExchangeFailed(code, str(refused)), at=at)
    except Exception as error:
        # A full disk or a broken bank: the other exchanges still deserve their turn. Only the
        # kind of error is told, because its text may quote what was being written.
        text = f"internal error ({type(error).__name__}); the page is fetched again"
        outcome = Outcome(problem=text, problem_code="internal")
        store.fail(ExchangeFailed("internal", text), at=at)
        logger.error("exchange %s: %s", settings.name, text)
    if outcome.problem:
        logger.warning("exchange %s: %s", settings.name, outcome.problem)
    return outcome


def _status(state: Path, settings: Settings) -> Status:
    if not (state / settings.name).is_dir():
        return UNTOUCHED
    try:
        with _store(state, settings) as store:
            return store.status()
    except (OSError, sqlite3.Error) as error:
        return replace(UNTOUCHED, problem=_unusable(state, settings, error), problem_code="state")


def _unusable(state: Path, settings: Settings, error: Exception) -> str:
    return f"the state in {state / settings.name} cannot be used ({error})"


@contextlib.contextmanager
def _store(state: Path, settings: Settings) -> Iterator[Store]:
    store = Store(state / settings.name)
    try:
        yield store
    finally:
        store.close()
