# SPDX-License-Identifier: Apache-2.0
"""What a bank refuses, each with a name of its own and a message that says what to do."""

from collections.abc import Iterable


class BankRefused(ValueError):
    """Something about a bank was refused; nothing was changed."""


class NoSuchBank(BankRefused):
    """No bank has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no bank named {name!r}; create it first, or look at the list")


class BankExists(BankRefused):
    """Another bank has this name already, letter case aside."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a bank named {name!r} exists; choose another name")


class SettingRefused(BankRefused):
    """A setting of a bank is not usable. `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field


class RadiusRefused(SettingRefused):
    """A radius outside 0 to 64 bits."""

    def __init__(self, radius: object) -> None:
        super().__init__("radius", f"{radius!r} is not a whole number from 0 to 64")


class KindRefused(BankRefused):
    """The bank does not hold this kind of hash, or a query is of another width."""


class EntryUnknown(BankRefused):
    """No entry of the bank has these ids."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids = tuple(sorted(ids))
        named = ", ".join(str(one) for one in self.ids[:10])
        more = f" and {len(self.ids) - 10} more" if len(self.ids) > 10 else ""
        super().__init__(f"no entry {named}{more}; it may have been removed")


class TimeRefused(BankRefused):
    """A time without a time zone, which means another moment to everybody."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: a time without a time zone; say which")


class BankBusy(BankRefused):
    """Another process is changing the bank; nothing was changed here, so try again."""


class LedgerDamaged(BankRefused):
    """The ledger cannot be read. It is the truth: bring it back from a copy."""


class LedgerUnwritable(BankRefused):
    """The disk is full, read-only or failing; nothing was changed."""


class IndexDamaged(BankRefused):
    """An index cannot be read. It is derived: `rebuild` makes it anew from the ledger."""


class IndexUnwritable(BankRefused):
    """The disk is full, read-only or failing. The ledger has the change; indexes follow later."""


class EntryRefused(BankRefused):
    """A hash, its category or its metadata cannot be taken in."""
