# SPDX-License-Identifier: Apache-2.0
"""Why something could not be hashed, by name. Nothing else is raised for bad content."""

from enum import StrEnum
from typing import Self


class Why(StrEnum):
    """The reasons there are; the values are stable and may be stored and counted."""

    UNREADABLE = "unreadable"  # the file could not be opened or read at all
    EMPTY = "empty"
    TOO_LARGE = "too_large"  # more bytes or more pixels than the caller allows
    BOMB = "bomb"  # a few bytes that would unpack to far more than is allowed
    NOT_AN_IMAGE = "not_an_image"
    NOT_A_VIDEO = "not_a_video"
    UNSUPPORTED = "unsupported"  # a kind of picture or video that is recognised and not read
    TRUNCATED = "truncated"  # the file ends before anything can be seen
    BROKEN = "broken"  # of a known kind, but its content cannot be decoded


class NotHashable(ValueError):
    """There is no hash, for the reason in `code`; the message says so in plain words."""

    def __init__(self, code: Why, message: str) -> None:
        super().__init__(message)
        self.code = code

    @classmethod
    def empty(cls) -> Self:
        return cls(Why.EMPTY, "There is nothing in it: 0 bytes.")

    @classmethod
    def unreadable(cls, error: OSError) -> Self:
        reason = error.strerror or type(error).__name__
        return cls(Why.UNREADABLE, f"The file cannot be read: {reason}.")
