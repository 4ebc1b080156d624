# SPDX-License-Identifier: Apache-2.0
"""Block lists: how wide an entry may be, what a version holds, and how a reader trusts it.

Pure: no clock, no database, no network. The public suffix list and the guard lists are shipped
as data, so that every answer is the same offline.
"""

from hearthline.kit.blocking.manifest import (
    Manifest,
    ManifestRefused,
    OutputWrong,
    RolledBack,
    SignatureWrong,
    check_manifest,
    manifest,
)
from hearthline.kit.blocking.scopes import (
    Against,
    Guards,
    Place,
    Scope,
    ScopeRefused,
    check_scope,
    places,
    read_guards,
    registered_domain,
)
from hearthline.kit.blocking.versions import (
    Entry,
    ListVersion,
    changes_digest,
    hosts_for_dns,
)

__all__ = [
    "Against",
    "Entry",
    "Guards",
    "ListVersion",
    "Manifest",
    "ManifestRefused",
    "OutputWrong",
    "Place",
    "RolledBack",
    "Scope",
    "ScopeRefused",
    "SignatureWrong",
    "changes_digest",
    "check_manifest",
    "check_scope",
    "hosts_for_dns",
    "manifest",
    "places",
    "read_guards",
    "registered_domain",
]
