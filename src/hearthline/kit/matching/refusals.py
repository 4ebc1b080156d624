# SPDX-License-Identifier: Apache-2.0
"""What an index refuses, each with what to do about it."""


class IndexBroken(Exception):
    """A file of the index is missing, damaged or of another kind than was asked for."""


class IndexBusy(Exception):
    """Another writer holds the index. Readers are never refused."""


class WrongWidth(ValueError):
    """The hashes given are not of the length this index holds."""
