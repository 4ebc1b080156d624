# SPDX-License-Identifier: Apache-2.0
"""Words of staff that other ledgers and the audit log hold by a token.

A reason may name a person, and the audit log is never changed. So the log and the ledgers hold a
token with the SHA-256 of the sealed words: what was signed stays whole and still proves that the
words were not exchanged, and the words end with the record they are about.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from hearthline.hub.sealing.actions import KeyDestroyed, KeyMissing, destroy, mint, open_as_desk
from hearthline.hub.sealing.models import Words
from hearthline.kit.sealing import SealBroken

_MARK = "words"

ENDED = _("Deleted at the end of its retention.")
NOT_HERE = _("Sealed. The desk can read it.")
BROKEN = _("These words are not as they were sealed. Tell the manager now.")


def seal_words(text: str, *, about: uuid.UUID, at: datetime) -> str:
    """Seal what somebody wrote about a record; the token to keep in its place ("" for nothing).

    A token stays as it is, so that a reason handed on from room to room is sealed once. Needs the
    desk's public key only.
    """
    if not text.strip() or _number(text) is not None:
        return text.strip()
    row, key = mint(at=at)
    words = Words(data_key=row, about=about)
    words.seal(key, "body", text.strip())
    words.save(force_insert=True)
    return f"{_MARK}:{words.pk}:{sha256(words.body).hexdigest()}"


def words_of(token: str) -> str:
    """What a token stands for, or the sentence that says why it cannot be read.

    A text that is no token is given back as it is: reasons from before they were sealed.
    """
    number = _number(token)
    if number is None:
        return token
    words = Words.objects.select_related("data_key").filter(pk=number).first()
    if words is None:
        return str(BROKEN)
    try:
        opened = words.unseal(open_as_desk(words.data_key), "body")
    except KeyDestroyed:
        return str(ENDED)
    except KeyMissing:
        return str(NOT_HERE)
    except SealBroken:
        return str(BROKEN)
    whole = token.endswith(f":{sha256(bytes(words.body)).hexdigest()}")
    return opened if whole else str(BROKEN)


def end_words(*, about: Iterable[uuid.UUID], at: datetime) -> int:
    """Destroy the keys of all words about these records; how many. The caller audits it."""
    ending = list(Words.objects.about(about).select_related("data_key"))
    for words in ending:
        destroy(words.data_key, at=at)
    return len(ending)


def _number(token: str) -> uuid.UUID | None:
    """The words a token names; None for a text that is no token."""
    mark, _sign, rest = token.partition(":")
    number, _sign, digest = rest.partition(":")
    if mark != _MARK or len(digest) != sha256().digest_size * 2:
        return None
    try:
        return uuid.UUID(number)
    except ValueError:
        return None
