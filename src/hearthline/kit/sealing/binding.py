# SPDX-License-Identifier: Apache-2.0
"""One unambiguous run of bytes for a list of names."""


def bind(purpose: str, *names: str) -> bytes:
    """`purpose` and `names`, each preceded by its length as 4 big-endian bytes.

    The lengths keep ("report", "12") apart from ("report1", "2"). Raises ValueError on an empty
    part: a seal bound to an empty row would open for every row that forgot its name.
    """
    if not all((purpose, *names)):
        raise ValueError("A seal is bound to a purpose and to names, and none of them is empty.")
    return b"".join(part_of(part) for part in ("hearthline", purpose, *names))


def part_of(name: str) -> bytes:
    """One part of a binding, for whoever makes the others of many rows once."""
    part = name.encode()
    return len(part).to_bytes(4, "big") + part
