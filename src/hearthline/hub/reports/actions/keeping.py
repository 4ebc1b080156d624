# SPDX-License-Identifier: Apache-2.0
"""A half-finished form kept for later, because its writer asked: by a number of sixteen digits.

The number is made from nothing but chance and is shown once. The server keeps a digest of it and
the form's key wrapped to it, both behind the slow step of receipts, and can open neither.
"""

import uuid
from datetime import datetime

from django.db import transaction

from hearthline.hub.reports.actions.drafts import DraftGone, DraftSent, lock_draft, open_draft
from hearthline.hub.reports.models import Draft
from hearthline.hub.sealing import actions as sealing
from hearthline.kit import sealing as kit


def keep_for_later(*, draft: uuid.UUID, secret: bytes, at: datetime) -> str:
    """A number that opens this draft until it expires. An earlier number of it ends.

    The draft lives no longer than before. Raises DraftGone (also where `secret` does not open
    it) and DraftSent.
    """
    open_draft(draft=draft, secret=secret, at=at)
    number = kit.new_receipt()
    # Not within the transaction: on SQLite the slow step would keep every writer waiting.
    keys = sealing.resume_keys(number)
    wrapped = keys.wrap(kit.DataKey(secret), row=str(draft))
    with transaction.atomic():
        row = lock_draft(draft, at)
        if row.receipt:
            raise DraftSent
        row.resume_digest, row.resume_wrapped = keys.digest, wrapped
        row.save(update_fields=["resume_digest", "resume_wrapped"])
    return number


def resume(*, number: str, at: datetime) -> tuple[Draft, bytes]:
    """The draft this number leads to, and the 32 bytes that open it.

    A draft sent a moment ago is found too, while its receipt is still shown. Raises
    ReceiptMistyped, and DraftGone for every other reason alike: a number nobody was given, one
    replaced by a newer one, a draft past its time, sent or thrown away.
    """
    keys = sealing.resume_keys(number)
    row = Draft.objects.live(at).of_number(keys.digest)
    if row is None or row.resume_wrapped is None:
        raise DraftGone
    try:
        return row, keys.unwrap(row.resume_wrapped, row=str(row.pk)).expose()
    except kit.SealBroken:
        raise DraftGone from None
