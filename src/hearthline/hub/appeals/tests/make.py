# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests: a newspaper, a block it stumbles over, an appeal. All is invented."""

from datetime import datetime
from typing import Any

from hearthline.hub.accounts.models import User
from hearthline.hub.appeals import actions
from hearthline.hub.appeals.actions import Appealed, Decision, Told
from hearthline.hub.appeals.models import Appeal, Measure
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.blocklists.tests.make import make_listed, make_silent
from hearthline.hub.cases.models import Case

NEWSPAPER = "morning-tide.harbour-host.test"
ARTICLE = f"http://{NEWSPAPER}/2026/harbour-report.html"
WORDS = "This is a report by our newsroom. There is no picture of anybody in it."


def make_appeal(*, at: datetime, receipt: str = "", **told: Any) -> Appealed:
    """An appeal by the newspaper, with its receipt, after the worker's round."""
    whole: dict[str, Any] = {"address": ARTICLE, "who": "owner", "words": WORDS}
    made = actions.appeal(told=Told(**(whole | told)), language="en", at=at, receipt=receipt)
    actions.look_up(appeal=made.appeal, at=at)
    return made


def make_finding_of(address: str, *, ana: User, ben: User, at: datetime) -> Case:
    """A case about the address that two people wrongly confirmed."""
    return make_silent(ana=ana, ben=ben, at=at, address=address)


def make_block(
    case: Case, *, by: User, second: User, at: datetime, scope: str = "host", address: str = ""
) -> Entry:
    """A block that two people put in force, of the whole newspaper where nothing else is said."""
    return make_listed(case, by=by, second=second, at=at, scope=scope, address=address or NEWSPAPER)


def decision(appeal: Appeal, result: str = "lifted", **parts: Any) -> Decision:
    """The same result for every measure that is open."""
    whole: dict[str, Any] = {
        "results": {each.pk: result for each in appeal.measures.filter(done_at=None)},
        "reasons": ["not_unlawful"],
        "apology": "mistake",
        "words": "We are sorry that your readers could not reach you.",
    }
    return Decision(**(whole | parts))


def taken(made: Appealed, *, by: User, at: datetime) -> Appeal:
    """The appeal in the hands of somebody."""
    actions.acknowledge(appeal=made.appeal, by=by, at=at)
    return made.appeal


def kinds(appeal: Appeal) -> list[str]:
    return [Measure.Kind(each.kind).value for each in appeal.measures.order_by("kind")]
