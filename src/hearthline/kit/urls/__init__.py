# SPDX-License-Identifier: Apache-2.0
"""Web addresses: what people paste, made canonical, matched, shown safely and checked politely.

Nothing here ever reads the body of a page.
"""

from hearthline.kit.urls.canonical import (
    MAX_LENGTH,
    AddressRefused,
    Canonical,
    Refusal,
    canonicalise,
    subject_key,
)
from hearthline.kit.urls.defang import defang, mask_secrets, refang, shorten_middle
from hearthline.kit.urls.expressions import expressions

__all__ = [
    "MAX_LENGTH",
    "AddressRefused",
    "Canonical",
    "Refusal",
    "canonicalise",
    "defang",
    "expressions",
    "mask_secrets",
    "refang",
    "shorten_middle",
    "subject_key",
]
