# SPDX-License-Identifier: Apache-2.0
"""All configured exchanges: fetch those that are due, and tell how each stands.

There is no scheduler here. Whoever has one calls `fetch_all` with the time.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hearthline.matcher.exchanges.configuration import (
    Configuration,
    ConfigurationRefused,
    Settings,
    Surroundings,
)
from hearthline.matcher.exchanges.feed import ExchangeFailed, Receiver
from hearthline.matcher.exchanges.fetching import Outcome, fetch
from hearthline.matcher.exchanges.store import Busy, Status, Store

logger = logging.getLogger(__name__)

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
    """How every configured exchange stands; `state` is the folder of the state folders."""
    found = []
    for settings in configuration.exchanges:
        with _store(state, settings) as store:
            status = store.status()
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
    the source asked for that. None: it never was."""
    if status.last_attempt is None:
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
    fetching is left out.
    """
    around = around or Surroundings(folder=configuration.folder)
    outcomes = {}
    for settings in configuration.exchanges:
        if not settings.enabled:
            continue
        with _store(state, settings) as store:
            due = due_at(settings, store.status())
            if due_only and due is not None and due > at:
                continue
            with contextlib.suppress(Busy):
                outcomes[settings.name] = _fetch_one(settings, store, receiver_for, at, around)
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


@contextlib.contextmanager
def _store(state: Path, settings: Settings) -> Iterator[Store]:
    store = Store(state / settings.name)
    try:
        yield store
    finally:
        store.close()
