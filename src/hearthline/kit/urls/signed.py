# SPDX-License-Identifier: Apache-2.0
"""Whether a prefix list is the publisher's own, by the signed manifest of its version.

Apart from ``client``, which knows no keys: a reader behind a trusted disk may do without.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hearthline.kit.blocking.manifest import ManifestRefused, OutputWrong, check_manifest
from hearthline.kit.urls.client import Confirm
from hearthline.kit.urls.prefix_messages import ListFault, ListRefused
from hearthline.kit.urls.prefixes import Prefixes, in_bytes

OUTPUT = "prefixes.bin"
"""The name in the manifest of the prefixes as ``in_bytes`` writes them."""


def signed_by(public_key: Ed25519PublicKey, manifest_of: Callable[[int], bytes]) -> Confirm:
    """Confirms a list by the manifest of its serial, which ``manifest_of`` fetches.

    The signature is over the list itself, so it holds whether the list came whole or in
    differences. Raises ``ListRefused`` with ``NOT_SIGNED``.
    """

    def confirm(prefixes: Prefixes) -> None:
        try:
            signed = check_manifest(manifest_of(prefixes.serial), public_key, prefixes.serial)
            signed.check_output(OUTPUT, in_bytes(prefixes.values))
        except (ManifestRefused, OutputWrong) as fault:
            raise ListRefused(ListFault.NOT_SIGNED, str(fault)) from fault
        if signed.serial != prefixes.serial:
            raise ListRefused(ListFault.NOT_SIGNED, "the manifest is of another version")

    return confirm
