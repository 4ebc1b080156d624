# SPDX-License-Identifier: Apache-2.0
"""hearthline keys: print the keys of a new installation as NAME=value lines."""

import argparse
import sys
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hearthline.hub.audit.keys import ORIGIN
from hearthline.kit import ledger, sealing


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="hearthline keys",
        description="Print new keys. Keep them in a file that only the service can read, and a "
        "copy in two people's hands: without the desk's private key nothing can be read again.",
    )
    parser.parse_args(arguments)
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in new_keys().items()))
    return 0


def new_keys() -> dict[str, str]:
    """Fresh keys by variable name."""
    desk = sealing.DeskKeyPair.generate()
    audit = sealing.new_secret_text()
    signer = Ed25519PrivateKey.from_private_bytes(
        sealing.secret_from_text(audit, name="HEARTHLINE_AUDIT_PRIVATE_KEY")
    )
    return {
        "HEARTHLINE_SECRET_KEY": sealing.new_secret_text(),
        "HEARTHLINE_PEPPER": sealing.new_secret_text(),
        "HEARTHLINE_VISIT_SECRET": sealing.new_secret_text(),
        "HEARTHLINE_DESK_PUBLIC_KEY": sealing.desk_public_to_text(desk.public),
        "HEARTHLINE_DESK_PRIVATE_KEY": sealing.desk_private_to_text(desk.private),
        "HEARTHLINE_AUDIT_PUBLIC_KEY": ledger.verifier_key(ORIGIN, signer.public_key()),
        "HEARTHLINE_AUDIT_PRIVATE_KEY": audit,
    }
