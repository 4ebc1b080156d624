# SPDX-License-Identifier: Apache-2.0
"""Web addresses: what people paste, made canonical, matched, shown safely and checked politely.

Nothing here ever reads the body of a page. Prefix lists are made in ``prefixes``, sent as in
``prefix_messages`` and read with ``client``.
"""

from hearthline.kit.urls.canonical import (
    MAX_LENGTH,
    AddressRefused,
    Canonical,
    Refusal,
    canonicalise,
    subject_key,
)
from hearthline.kit.urls.checker import Checker, LookUp, LookUpFailed, Match
from hearthline.kit.urls.client import PrefixClient
from hearthline.kit.urls.defang import defang, mask_secrets, refang, shorten_middle
from hearthline.kit.urls.deliver import NotDelivered, deliver
from hearthline.kit.urls.expressions import expressions, within_scope
from hearthline.kit.urls.file_content import FileContent, FileContentRefused, refuse_file_content
from hearthline.kit.urls.guard import PORTS, is_public, public_only
from hearthline.kit.urls.intake import Found, find_addresses
from hearthline.kit.urls.observation import Observation, Step, TlsFacts, Verdict
from hearthline.kit.urls.prefix_messages import FoundHashes, ListFault, ListRefused
from hearthline.kit.urls.prefixes import (
    NotListable,
    Prefixes,
    PrefixList,
    check_listable,
    hashes_of,
)
from hearthline.kit.urls.probe import (
    Allow,
    NameNotFound,
    ResolutionFailed,
    Resolver,
    probe,
    system_resolve,
)

__all__ = [
    "MAX_LENGTH",
    "PORTS",
    "AddressRefused",
    "Allow",
    "Canonical",
    "Checker",
    "FileContent",
    "FileContentRefused",
    "Found",
    "FoundHashes",
    "ListFault",
    "ListRefused",
    "LookUp",
    "LookUpFailed",
    "Match",
    "NameNotFound",
    "NotDelivered",
    "NotListable",
    "Observation",
    "PrefixClient",
    "PrefixList",
    "Prefixes",
    "Refusal",
    "ResolutionFailed",
    "Resolver",
    "Step",
    "TlsFacts",
    "Verdict",
    "canonicalise",
    "check_listable",
    "defang",
    "deliver",
    "expressions",
    "find_addresses",
    "hashes_of",
    "is_public",
    "mask_secrets",
    "probe",
    "public_only",
    "refang",
    "refuse_file_content",
    "shorten_middle",
    "subject_key",
    "system_resolve",
    "within_scope",
]
