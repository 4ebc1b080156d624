# SPDX-License-Identifier: Apache-2.0
"""Options that several commands of the engine share."""

import argparse
import getpass
import os
from pathlib import Path

from hearthline.commands.ending import CallRefused, listed
from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.matching.banks import Library
from hearthline.kit.scanning import Place

KINDS = tuple(str(kind) for kind in HashKind)


def add_library(parser: argparse.ArgumentParser) -> None:
    """`--library`, by default the folder HEARTHLINE_LIBRARY names."""
    parser.add_argument(
        "--library",
        metavar="FOLDER",
        default=os.environ.get("HEARTHLINE_LIBRARY"),
        help="the folder of all banks; by default the one HEARTHLINE_LIBRARY names",
    )


def library(chosen: argparse.Namespace, *, make: bool = False) -> Library:
    """The library asked for. Raises CallRefused where there is none."""
    if not chosen.library:
        raise CallRefused("name the folder of banks with --library, or in HEARTHLINE_LIBRARY.")
    folder = Path(chosen.library)
    if not make and not folder.is_dir():
        raise CallRefused(f"{folder} is no folder of banks; `hearthline bank create` makes one.")
    return Library(folder)


def add_banks(parser: argparse.ArgumentParser) -> None:
    """`--bank`, which may be repeated."""
    parser.add_argument(
        "--bank",
        metavar="NAME",
        action="append",
        help="look only in this bank, and in banks of harmless content; may be repeated",
    )


def add_hashing(parser: argparse.ArgumentParser, *, exact: bool) -> None:
    """How pictures are hashed."""
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--exact",
        dest="exact",
        action="store_true",
        default=exact,
        help="PDQ to the bit, for banks" + (" (default)" if exact else ""),
    )
    way.add_argument(
        "--scan",
        dest="exact",
        action="store_false",
        help="decode photographs faster; up to 4 bits off, for looking up"
        + ("" if exact else " (default)"),
    )
    parser.add_argument(
        "--dihedral",
        action=argparse.BooleanOptionalAction,
        default=not exact,
        help="also the hashes of the picture turned and mirrored",
    )
    parser.add_argument(
        "--kinds",
        metavar="LIST",
        help=f"which hashes to make, of {', '.join(KINDS)}",
    )
    parser.add_argument(
        "--frames-per-second",
        type=float,
        default=1.0,
        metavar="N",
        help="how often a video is looked at (1)",
    )


def add_place(parser: argparse.ArgumentParser) -> None:
    """Where object storage is."""
    group = parser.add_argument_group(
        "object storage",
        "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX. Keys are found where the "
        "provider's own tools look for them: AWS_ACCESS_KEY_ID and so on.",
    )
    group.add_argument("--endpoint", default="", metavar="URL", help="a store that speaks like S3")
    group.add_argument("--region", default="", metavar="NAME")
    group.add_argument("--anonymous", action="store_true", help="a public bucket: without keys")


def place(chosen: argparse.Namespace) -> Place:
    """The place asked for. Raises CallRefused."""
    if "@" in chosen.endpoint.partition("://")[2].partition("/")[0]:
        raise CallRefused("--endpoint holds a user name, and would be kept; put keys in AWS_….")
    return Place(chosen.endpoint, chosen.region, chosen.anonymous)


def kinds(text: str | None) -> tuple[HashKind, ...] | None:
    """Kinds of hash, separated by commas; None where nothing was said. Raises CallRefused."""
    if text is None:
        return None
    return tuple(HashKind(each) for each in listed(text, KINDS, "kind of hash"))


def above_nothing(number: float, option: str) -> None:
    """Raises CallRefused for a number that is not above 0."""
    if not number > 0:
        raise CallRefused(f"{option} is a number above 0.")


def login() -> str:
    """Who calls, for the journal: the name of the account on this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
