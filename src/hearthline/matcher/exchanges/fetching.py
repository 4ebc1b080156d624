# SPDX-License-Identifier: Apache-2.0
"""One fetch: page after page from an exchange to a receiver, remembered as it goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hearthline.matcher.exchanges.feed import (
    Exchange,
    ExchangeFailed,
    Malformed,
    Page,
    Receiver,
)
from hearthline.matcher.exchanges.store import Store

GAPS_A_FETCH: Final = 10
"""Gaps asked for again in one fetch, so that old trouble does not keep new entries waiting."""


@dataclass(slots=True)
class Outcome:
    """What one fetch did. `problem` is empty when the source was read to its end."""

    pages: int = 0
    updates: int = 0
    removals: int = 0
    rejected: int = 0
    quarantined: int = 0
    problem: str = ""
    problem_code: str = ""

    def note(self, page: Page) -> None:
        self.pages += 1
        self.updates += len({signal.key for signal in page.updates})
        self.removals += len(page.removals)
        self.rejected += len(page.rejected)
        self.quarantined += len(page.unread)


def fetch(
    exchange: Exchange,
    store: Store,
    receiver: Receiver,
    *,
    at: datetime,
    most_removed: float = 0.5,
) -> Outcome:
    """Bring `receiver` up to what `exchange` says, from where `store` left off.

    A source that fails ends the fetch, not the program: the outcome and the store's status say
    why, and the next fetch goes on from the last page kept. What the receiver raises passes
    through, and its page counts as not kept. Raises `Busy` if the exchange is being fetched.
    `most_removed` is the share of a whole list that may vanish from it in one go.
    """
    outcome = Outcome()
    with store.locked():
        try:
            since = store.checkpoint()
            anew = since is None or exchange.starts_anew(since, at=at)
            store.begin(at=at, anew=anew)
            if not anew:
                _read_gaps(exchange, store, receiver, outcome, at)
            for page in exchange.pages(None if anew else since, at=at):
                store.apply(page, receiver, at=at)
                outcome.note(page)
            store.succeed(receiver, at=at, most_removed=most_removed)
        except ExchangeFailed as failure:
            store.fail(failure, at=at)
            outcome.quarantined += bool(isinstance(failure, Malformed) and failure.raw)
            outcome.problem, outcome.problem_code = str(failure), failure.code
    return outcome


def _read_gaps(
    exchange: Exchange, store: Store, receiver: Receiver, outcome: Outcome, at: datetime
) -> None:
    """Ask again for what was passed over before. In vain is no failure of this fetch."""
    for gap in store.gaps()[:GAPS_A_FETCH]:
        stays = False
        try:
            for page in exchange.reread(gap, at=at):
                store.apply(page, receiver, at=at, keep_place=True)
                outcome.note(page)
                stays = stays or gap in page.gaps
        except Malformed:
            stays = True
        if stays:
            store.gap_stays(gap)
        else:
            store.close_gap(gap)
