# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests: cases whose host did not act, entries by two people."""

from datetime import datetime, timedelta
from typing import Any

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.actions import Proposal
from hearthline.hub.blocklists.models import Entry
from hearthline.hub.cases.actions import clear_for_notice
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import confirmed, make_case
from hearthline.hub.directory.tests.make import make_contact, make_organisation

PAGE = "http://pages.harbour-host.test/album/7/index.html"
EXPRESSION = "pages.harbour-host.test/album/7/index.html"
LAW = "children_act_12"


def make_silent(*, ana: User, ben: User, at: datetime, address: str = PAGE, **finding: Any) -> Case:
    """A confirmed case whose host was told four days before `at` and did nothing."""
    then = at - timedelta(days=4)
    case = make_case(at=then, addresses=address)
    confirmed(case, by=ana, second=ben, at=then, **finding)
    clear_for_notice(case=case, at=then, actor=Actor.worker())
    return Case.objects.get(pk=case.pk)


def make_proposal(scope: str = "url", address: str = EXPRESSION, **parts: Any) -> Proposal:
    """A proposal as narrow as can be; one that is wider says why."""
    whole: dict[str, Any] = {"legal_basis": LAW}
    if scope != "url":
        whole["width_reason"] = "Every page of it shows the same."
    return Proposal(scope=scope, address=address, **(whole | parts))


def make_entry(case: Case, *, by: User, at: datetime, **parts: Any) -> Entry:
    """A proposed entry."""
    return actions.propose(case=case, proposal=make_proposal(**parts), by=by, at=at)


def make_listed(case: Case, *, by: User, second: User, at: datetime, **parts: Any) -> Entry:
    """An entry in force."""
    entry = make_entry(case, by=by, at=at, **parts)
    return actions.approve(entry=entry, by=second, at=at)


def make_ordered(
    address: str, *, by: User, at: datetime, scope: str = "host", **parts: Any
) -> Entry:
    """A proposed entry that a court ordered, without a case."""
    proposal = make_proposal(scope, address, reason="Order 7 of the court of Solmere.", **parts)
    return actions.propose_without_case(proposal=proposal, category="baseline", by=by, at=at)


def set_blocking(settings: Any, **changes: Any) -> None:
    """The country pack with other rules for blocking."""
    blocking = settings.PACK.blocking.model_copy(update=changes)
    settings.PACK = settings.PACK.model_copy(update={"blocking": blocking})


def make_network(*, mara: User, ada: User, at: datetime, name: str = "Quay Net") -> Any:
    """A network that may fetch the list, with a mailbox; and the text of its key."""
    organisation = make_organisation(by=ada, at=at, name=name, kind="service", country="XS")
    make_contact(organisation, by=ada, at=at, scope="duty", value="duty@quay-net.test")
    return actions.add_subscriber(organisation=organisation, by=mara, at=at)
