# SPDX-License-Identifier: Apache-2.0
"""A small fixed cast of places, secrets and ways to spoil a sealed value."""

PLACE = {"table": "report", "row": "r-1", "field": "story"}
PEPPER = bytes(range(32))
OTHER_PEPPER = bytes(range(1, 33))


def every_flip(sealed: bytes):
    """`sealed` with one bit turned over, once for each byte."""
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1 << place % 8
        yield bytes(changed)


def every_cut(sealed: bytes):
    """`sealed` cut short, at every length, and one byte too long."""
    yield from (sealed[:length] for length in range(len(sealed)))
    yield sealed + b"\x00"
