# SPDX-License-Identifier: Apache-2.0
"""Every write of the directory: seeding, organisations, contacts, members, partners' keys."""

from hearthline.hub.directory.actions.checking import (
    AlreadyListed,
    DirectoryRefused,
    HoursUnreadable,
    NoLongerCurrent,
    NotAnEndpoint,
    NotConfirmed,
    NothingWaits,
    NotPolice,
    NotReachable,
    ReasonMissing,
    RecipientRefused,
    SamePerson,
    WrongDay,
)
from hearthline.hub.directory.actions.contacts import (
    Way,
    add_contact,
    end_contact,
    set_ways,
    supersede_contact,
    verify_contact,
)
from hearthline.hub.directory.actions.endpoints import new_secret, park_contact, secret_of
from hearthline.hub.directory.actions.found import (
    FoundContact,
    confirm_found,
    refuse_found,
    take_in,
)
from hearthline.hub.directory.actions.keys import (
    KeyRefused,
    NewKey,
    ScopeMissing,
    TooManyKeys,
    make_key,
    recognise,
    require_scope,
    revoke_key,
)
from hearthline.hub.directory.actions.members import OwnMembership, confirm_member, join, part
from hearthline.hub.directory.actions.organisations import (
    Facts,
    add_domain,
    add_organisation,
    change_organisation,
    drop_domain,
    retire,
)
from hearthline.hub.directory.actions.recipients import (
    confirm_age_recipient,
    refuse_age_recipient,
    set_age_recipient,
)
from hearthline.hub.directory.actions.seeding import seed_from_pack

__all__ = [
    "AlreadyListed",
    "DirectoryRefused",
    "Facts",
    "FoundContact",
    "HoursUnreadable",
    "KeyRefused",
    "NewKey",
    "NoLongerCurrent",
    "NotAnEndpoint",
    "NotConfirmed",
    "NotPolice",
    "NotReachable",
    "NothingWaits",
    "OwnMembership",
    "ReasonMissing",
    "RecipientRefused",
    "SamePerson",
    "ScopeMissing",
    "TooManyKeys",
    "Way",
    "WrongDay",
    "add_contact",
    "add_domain",
    "add_organisation",
    "change_organisation",
    "confirm_age_recipient",
    "confirm_found",
    "confirm_member",
    "drop_domain",
    "end_contact",
    "join",
    "make_key",
    "new_secret",
    "park_contact",
    "part",
    "recognise",
    "refuse_age_recipient",
    "refuse_found",
    "require_scope",
    "retire",
    "revoke_key",
    "secret_of",
    "seed_from_pack",
    "set_age_recipient",
    "set_ways",
    "supersede_contact",
    "take_in",
    "verify_contact",
]
