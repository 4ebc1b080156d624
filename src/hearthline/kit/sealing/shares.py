# SPDX-License-Identifier: Apache-2.0
"""A file split between people: any two of them together have it, one alone has nothing.

The file is sealed under a random key, and the key is split by Shamir's scheme into words of
SLIP-0039 ("Shamir's Secret-Sharing for Mnemonic Codes", SatoshiLabs 2017): English words with a
checksum that finds up to three wrong ones, made to be printed and typed in again. Each share
carries its own words and a copy of the sealed file.
"""

import re
import secrets
import textwrap
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share

from .binding import bind
from .envelope import KEY_SIZE, SealBroken, open_bytes, seal_bytes

NEEDED = 2
_TITLE = "hearthline-share-1"
_BINDING = bind("share-file")
_SHARE = re.compile(
    rf"{_TITLE}\s+words:\s+(?P<words>[a-z\s]+?)\s+sealed \(SHA-256 (?P<digest>[0-9a-f]{{16}})\):\s+"
    r"(?P<sealed>[A-Za-z0-9+/=\s]+?)\s+end\s*"
)


class ShareRefused(Exception):
    """A share cannot be used. The text names it."""


def split_into_shares(content: bytes, *, count: int) -> list[str]:
    """`count` shares of `content` (2 to 16), of which any two give it back."""
    if not NEEDED <= count <= 16:
        raise ValueError("A file is split between 2 to 16 people.")
    key = secrets.token_bytes(KEY_SIZE)
    sealed = seal_bytes(key, content, _BINDING)
    # The key is random, so stretching it adds nothing: exponent 0.
    (group,) = generate_mnemonics(1, [(NEEDED, count)], key, iteration_exponent=0)
    return [_written(words, sealed) for words in group]


def join_shares(shares: Mapping[str, str]) -> bytes:
    """What was split, from two or more shares by their names. Raises ShareRefused."""
    words, sealed = [], b""
    for name, text in shares.items():
        own, copy = _read(text, name)
        words.append(own)
        sealed = sealed or copy
        if sealed != copy:
            raise ShareRefused(f"{name} belongs to another set of shares.")
    if len(set(words)) < NEEDED:
        raise ShareRefused(f"{NEEDED} different shares are needed.")
    try:
        return open_bytes(combine_mnemonics(sorted(set(words))[:NEEDED]), sealed, _BINDING)
    except (MnemonicError, SealBroken):
        raise ShareRefused(
            f"{' and '.join(shares)} do not fit together: they are not of one set."
        ) from None


def _written(words: str, sealed: bytes) -> str:
    wrapped = textwrap.fill(words, 60, initial_indent="  ", subsequent_indent="  ")
    block = textwrap.fill(b64encode(sealed).decode(), 64)
    return (
        f"{_TITLE}\n\nwords:\n{wrapped}\n\n"
        f"sealed (SHA-256 {sha256(sealed).hexdigest()[:16]}):\n{block}\nend\n"
    )


def _read(text: str, name: str) -> tuple[str, bytes]:
    """Words and sealed file of one share; what is wrong with it is said by its name."""
    found = _SHARE.fullmatch(text.strip())
    if found is None:
        raise ShareRefused(f"{name} is not a whole share.")
    words = " ".join(found["words"].split())
    try:
        Share.from_mnemonic(words)
    except MnemonicError:
        raise ShareRefused(f"{name}: one of its words is mistyped. Compare it again.") from None
    try:
        sealed = b64decode("".join(found["sealed"].split()), validate=True)
    except ValueError:
        sealed = b""
    if sha256(sealed).hexdigest()[:16] != found["digest"]:
        raise ShareRefused(f"{name}: its sealed block is mistyped. Compare it again.")
    return words, sealed
