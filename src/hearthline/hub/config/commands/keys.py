# SPDX-License-Identifier: Apache-2.0
"""hearthline keys: make keys, change them without stopping, and split their backup in two.

Alone it prints the keys of a new installation as NAME=value lines. Keep them in a file that only
the service can read (HEARTHLINE_ENV): without the desk's private key nothing can be read again.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hearthline.hub.audit.keys import ORIGIN
from hearthline.hub.blocklists.keys import public_text
from hearthline.hub.config import key_file
from hearthline.hub.config.environment import desk_keys, secret
from hearthline.hub.config.key_file import (
    AUDIT_PRIVATE,
    AUDIT_PUBLIC,
    DESK_PRIVATE,
    DESK_PUBLIC,
    LIST_PRIVATE,
    LIST_PUBLIC,
)
from hearthline.hub.config.start import start_django
from hearthline.kit import ledger, sealing

# Acts that read the ledger of keys; their module can be imported only once Django has started.
_OF_ROWS = ("status", "rewrap", "retire")


class Refused(Exception):
    """The act cannot be done; the text says why and what to do."""


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.act in _OF_ROWS:
            start_django("keys")
            rows = importlib.import_module("hearthline.hub.config.key_rows")
            return int(getattr(rows, chosen.act)(chosen))
        if chosen.act is None:
            sys.stdout.write(_lines(new_keys()))
        else:
            _ACTS[chosen.act](chosen)
    except OSError as error:
        sys.stderr.write(f"hearthline keys: {error.filename}: {error.strerror}.\n")
    except (Refused, sealing.KeyRefused, sealing.ShareRefused, ValueError) as error:
        sys.stderr.write(f"hearthline keys: {error}\n")
    else:
        return 0
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hearthline keys", description=__doc__)
    acts = parser.add_subparsers(dest="act")
    file = argparse.ArgumentParser(add_help=False)
    file.add_argument(
        "--file",
        type=Path,
        default=Path(os.environ["HEARTHLINE_ENV"]) if os.environ.get("HEARTHLINE_ENV") else None,
        help="the key file; by default the one HEARTHLINE_ENV names",
    )
    rotate = acts.add_parser("rotate", parents=[file], help="add a new key")
    rotate.add_argument("which", nargs="?", choices=["desk", "audit", "blocklist"], default="desk")
    acts.add_parser("switch", parents=[file], help="seal to the newest desk key from now on")
    acts.add_parser("status", help="how many rows hang on which desk key")
    rewrap = acts.add_parser("rewrap", help="wrap every row to the current desk key now")
    rewrap.add_argument("--batch", type=int, default=500, help="rows a transaction")
    retire = acts.add_parser("retire", parents=[file], help="take an old desk key off the ring")
    retire.add_argument("key", help="its id, as `hearthline keys status` shows it")
    split = acts.add_parser("split", parents=[file], help="split the key file between people")
    split.add_argument("--out", type=Path, action="append", required=True, help="one per person")
    join = acts.add_parser("join", help="the key file from any two shares")
    join.add_argument("shares", type=Path, nargs="+")
    join.add_argument("--to", type=Path, required=True, help="a new file")
    return parser


def new_keys() -> dict[str, str]:
    """Fresh keys by variable name."""
    desk = sealing.DeskKeyPair.generate()
    return {
        "HEARTHLINE_SECRET_KEY": sealing.new_secret_text(),
        "HEARTHLINE_PEPPER": sealing.new_secret_text(),
        "HEARTHLINE_VISIT_SECRET": sealing.new_secret_text(),
        DESK_PUBLIC: sealing.desk_public_to_text(desk.public),
        DESK_PRIVATE: sealing.desk_private_to_text(desk.private),
        **_audit_keys(),
        **_list_keys(),
    }


def rotate(chosen: argparse.Namespace) -> None:
    """Add a key. A desk key waits at the end of the ring until every reader holds it."""
    if chosen.which == "audit":
        new = _audit_keys()
        new[AUDIT_PUBLIC] += f" {secret(AUDIT_PUBLIC)}"
        _keep(chosen.file, new)
        sys.stdout.write(
            "The log has a new signing key. Start the worker again; the old public key stays, so "
            "that older checkpoints can be proven. Keep the new public line where the old is "
            "kept.\n"
        )
        return
    if chosen.which == "blocklist":
        new = _list_keys()
        new[LIST_PUBLIC] = f"{new[LIST_PUBLIC]} {secret(LIST_PUBLIC)}".strip()
        _keep(chosen.file, new)
        sys.stdout.write(
            "The block list has a new signing key. Give its public line to every network before "
            "you start the worker again: until they know it they stay at the version they have.\n"
        )
        return
    pair = sealing.DeskKeyPair.generate()
    ring = f"{_ring()} {sealing.desk_private_to_text(pair.private)}"
    _keep(chosen.file, {DESK_PRIVATE: ring})
    sys.stdout.write(
        f"Desk key {sealing.desk_key_id(pair.public)} is on the ring and seals nothing yet. Split "
        "the key file anew, start the desk and the worker again, then `hearthline keys switch`.\n"
    )


def switch(chosen: argparse.Namespace) -> None:
    """Make the last key of the ring the current one."""
    keys = _ring().split()
    if len(keys) < 2:
        raise Refused("there is one desk key only. Add one first: hearthline keys rotate.")
    newest = sealing.desk_private_from_text(keys[-1], name=DESK_PRIVATE).public_key()
    public = sealing.desk_public_to_text(newest)
    ring = " ".join([keys[-1], *keys[:-1]])
    _keep(chosen.file, {DESK_PUBLIC: public, DESK_PRIVATE: ring})
    sys.stdout.write(
        f"New rows are sealed to desk key {sealing.desk_key_id(newest)}. Start every program "
        "again, one after the other; the worker then wraps the older rows anew (`hearthline keys "
        "status`).\n"
    )


def split(chosen: argparse.Namespace) -> None:
    """Split the key file; any two of the people can give it back."""
    if chosen.file is None:
        raise Refused("name the key file with --file, or in HEARTHLINE_ENV.")
    there = [str(path) for path in chosen.out if path.exists()]
    if there or len(set(chosen.out)) != len(chosen.out):
        raise Refused(f"choose new names for the shares: {', '.join(there) or 'one stands twice'}.")
    shares = sealing.split_into_shares(chosen.file.read_bytes(), count=len(chosen.out))
    for path, share in zip(chosen.out, shares, strict=True):
        key_file.create(path, share.encode())
    sys.stdout.write(
        f"{len(shares)} shares are written, of which any 2 give back the whole file. Hand each to "
        "another person, on paper or on a stick, and delete it here.\n"
    )


def join(chosen: argparse.Namespace) -> None:
    """Write what was split."""
    texts = {str(path): _share(path) for path in chosen.shares}
    content = sealing.join_shares(texts)
    key_file.create(chosen.to, content)
    sys.stdout.write(f"{chosen.to} holds the key file again, byte for byte.\n")


def _share(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{path} is not a share.") from None


def _ring() -> str:
    """The private keys in the environment, proven to be a ring."""
    if secret(DESK_PRIVATE) != desk_keys():
        raise Refused(
            f"{DESK_PRIVATE} is wrapped by a key service. Let that service add the new key to "
            "what it wraps: a ring is keys with a space between them."
        )
    ring = secret(DESK_PRIVATE)
    sealing.DeskRing.from_text(ring, name=DESK_PRIVATE)
    return " ".join(ring.split())


def _keep(path: Path | None, new: dict[str, str]) -> None:
    """Into the key file where it sets these names already; else say what to set."""
    if path is not None and set(new) <= set(key_file.values(path)):
        key_file.change(path, new)
        return
    sys.stdout.write(f"Set these where your keys are kept:\n{_lines(new)}")


def _audit_keys() -> dict[str, str]:
    private = sealing.new_secret_text()
    signer = Ed25519PrivateKey.from_private_bytes(
        sealing.secret_from_text(private, name=AUDIT_PRIVATE)
    )
    return {AUDIT_PUBLIC: ledger.verifier_key(ORIGIN, signer.public_key()), AUDIT_PRIVATE: private}


def _list_keys() -> dict[str, str]:
    private = sealing.new_secret_text()
    signer = Ed25519PrivateKey.from_private_bytes(
        sealing.secret_from_text(private, name=LIST_PRIVATE)
    )
    return {LIST_PUBLIC: public_text(signer.public_key()), LIST_PRIVATE: private}


def _lines(keys: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in keys.items())


_ACTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "rotate": rotate,
    "switch": switch,
    "split": split,
    "join": join,
}
