# SPDX-License-Identifier: Apache-2.0
"""The hand-over of an address to the hotline of the country where it is hosted.

In the spirit of what member hotlines exchange: receiving country and hotline, classification, the
address, where it is hosted and how that is known, and the sender's reference. Networks of hotlines
have their own systems and label lists, open to members only; this claims to be none of them. The
container is that of `package`, sealed to the hotline's age key.
"""

from typing import Any

from pyrage import DecryptError, IdentityError, decrypt
from pyrage.x25519 import Identity

from hearthline.kit.formats import package
from hearthline.kit.formats.refused import FormatRefused

FORMAT = "hearthline-hand-over"


class HandOver(package.Package):
    """A package under another name, so that nobody takes it for one to police."""

    __slots__ = ()

    def record(self) -> dict[str, Any]:
        return {**super().record(), "format": FORMAT}


def build(**parts: Any) -> HandOver:
    """As `package.build`, whose arguments and refusals it has."""
    made = package.build(**parts)
    return HandOver(**{name: getattr(made, name) for name in package.Package.__slots__})


def open_hand_over(sealed: bytes, identity: str) -> HandOver:
    """What the receiving hotline reads, its digests checked.

    `identity` is an age secret key; it appears in no message. Raises FormatRefused.
    """
    try:
        opened = decrypt(sealed, [Identity.from_str(identity)])
    except IdentityError:
        raise FormatRefused("identity", "not an age secret key") from None
    except DecryptError as fault:
        raise FormatRefused("sealed", "this key does not open it, or it was altered") from fault
    made = package.read(opened, form=FORMAT)
    return HandOver(**{name: getattr(made, name) for name in package.Package.__slots__})
