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
from hearthline.kit.urls.file_content import FileContent, FileContentRefused, refuse_file_content
from hearthline.kit.urls.intake import Found, find_addresses

__all__ = [
    "MAX_LENGTH",
    "AddressRefused",
    "Canonical",
    "FileContent",
    "FileContentRefused",
    "Found",
    "Refusal",
    "canonicalise",
    "defang",
    "expressions",
    "find_addresses",
    "mask_secrets",
    "refang",
    "refuse_file_content",
    "shorten_middle",
    "subject_key",
]
