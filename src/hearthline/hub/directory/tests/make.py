# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests."""

from datetime import date, datetime
from typing import Any

from hearthline.hub.accounts.models import User
from hearthline.hub.directory.actions import Facts, Way, add_contact, add_organisation
from hearthline.hub.directory.models import Contact, Organisation

CHECKED = date(2026, 9, 1)


def facts(**overrides: Any) -> Facts:
    plain = {
        "name": "Quay Hosting",
        "kind": Organisation.Kind.HOST,
        "source": "their imprint",
        "verified_on": CHECKED,
    }
    return Facts(**{**plain, **overrides})


def way(**overrides: Any) -> Way:
    plain = {
        "scope": Contact.Scope.ABUSE,
        "channel": Contact.Channel.EMAIL,
        "value": "abuse@quay.test",
        "source": "their imprint",
        "verified_on": CHECKED,
    }
    return Way(**{**plain, **overrides})


def make_organisation(*, by: User, at: datetime, **overrides: Any) -> Organisation:
    """A host without contacts, unless told otherwise."""
    return add_organisation(facts=facts(**overrides), by=by, at=at)


def make_unit(*, by: User, at: datetime, **overrides: Any) -> Organisation:
    """A police unit."""
    name = overrides.pop("name", "Quay Police")
    return make_organisation(by=by, at=at, name=name, kind=Organisation.Kind.POLICE, **overrides)


def make_contact(organisation: Organisation, *, by: User, at: datetime, **over: Any) -> Contact:
    return add_contact(organisation=organisation, way=way(**over), by=by, at=at)


def make_line(name: str, *, by: User, at: datetime, number: str, **overrides: Any) -> Organisation:
    """A public helpline with a telephone number, or with none when `number` is empty."""
    plain = {"hours": "24/7", "languages": ["en"], "public": True, **overrides}
    line = make_organisation(by=by, at=at, name=name, kind=Organisation.Kind.HELPLINE, **plain)
    if number:
        make_contact(line, by=by, at=at, scope="help", channel="phone", value=number)
    return line
