# SPDX-License-Identifier: Apache-2.0
"""The half-finished form. The server keeps it, and cannot read it: the key is in the browser."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from hearthline.hub.reports.actions.answers import LIMITS
from hearthline.hub.reports.actions.statements import as_stored
from hearthline.hub.reports.models import Draft
from hearthline.kit.sealing import DataKey, SealBroken
from hearthline.kit.urls import refuse_file_content

RECEIPT_SHOWN: Final = timedelta(minutes=10)
_TABLE = Draft._meta.db_table
_COLUMNS = ", ".join(str(field.column) for field in Draft._meta.concrete_fields)
# Asked at every page of the form, and at Send: worked out once, see `statements`.
_FIND = f"SELECT {_COLUMNS} FROM {_TABLE} WHERE id = %s AND expires_at > %s"  # noqa: S608
_TRADE = (
    f"UPDATE {_TABLE} SET answers = %s, receipt = %s, expires_at = %s "  # noqa: S608
    "WHERE id = %s AND expires_at > %s AND receipt = %s"
)


class DraftGone(LookupError):
    """The draft has expired, was discarded, or does not open with this key."""


class DraftSent(Exception):
    """The draft was sent already. Its receipt may still be there to be shown."""


@transaction.atomic
def save_draft(
    *, draft: Draft | None, secret: bytes, answers: dict[str, Any], at: datetime
) -> Draft:
    """Keep `answers`, sealed with the 32 bytes of `secret`; a new draft when there is none yet.

    A draft lives for the hours the country pack gives, counted from its beginning. Raises
    DraftGone, DraftSent, and FileContentRefused, in which case nothing is kept.
    """
    for field in LIMITS:
        refuse_file_content(str(answers.get(field, "")))
    if draft is None:
        hours = settings.PACK.retention.draft_hours
        draft = Draft(expires_at=at + timedelta(hours=hours))
    else:
        draft = lock_draft(draft.pk, at)
        if draft.receipt:
            raise DraftSent
    text = json.dumps(answers, ensure_ascii=False, separators=(",", ":"))
    draft.answers = DataKey(secret).seal(text, table=_TABLE, row=str(draft.pk), field="answers")
    draft.save()
    return draft


def open_draft(*, draft: uuid.UUID, secret: bytes, at: datetime) -> tuple[Draft, dict[str, Any]]:
    """The draft and its answers; the answers are empty once it was sent. Raises DraftGone."""
    living = [as_stored(Draft, "id", draft), as_stored(Draft, "expires_at", at)]
    row = next(iter(Draft.objects.raw(_FIND, living)), None)
    if row is None:
        raise DraftGone
    if not row.answers:
        return row, {}
    answers: dict[str, Any] = json.loads(_open(row, secret, "answers"))
    return row, answers


def open_receipt(*, draft: Draft, secret: bytes) -> str:
    """The receipt of a draft that was sent. Raises DraftGone when it does not open."""
    return _open(draft, secret, "receipt")


@transaction.atomic
def discard_draft(*, draft: uuid.UUID) -> None:
    """Forget a draft, and with it the only place its receipt could be seen. Twice is once."""
    Draft.objects.filter(pk=draft).delete()


def lock_draft(draft: uuid.UUID, at: datetime) -> Draft:
    """The draft, held for this transaction. SQLite locks as a whole. Raises DraftGone."""
    rows = Draft.objects.live(at)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    row = rows.filter(pk=draft).first()
    if row is None:
        raise DraftGone
    return row


def sealed_receipt(draft: uuid.UUID, secret: bytes, receipt: str) -> bytes:
    """The receipt as the draft keeps it, for the same browser only."""
    return DataKey(secret).seal(receipt, table=_TABLE, row=str(draft), field="receipt")


def trade_for_receipt(draft: uuid.UUID, sealed: bytes, at: datetime) -> bool:
    """The answers go; the sealed receipt stays for ten minutes. Holds the draft.

    One statement that finds, locks and writes. False when the draft was sent before, or is gone.
    """
    values = [
        as_stored(Draft, field, value)
        for field, value in (
            ("answers", b""), ("receipt", sealed), ("expires_at", at + RECEIPT_SHOWN),
            ("id", draft), ("expires_at", at), ("receipt", b""),
        )
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TRADE, values)
        return bool(cursor.rowcount)


def _open(row: Draft, secret: bytes, field: str) -> str:
    try:
        return DataKey(secret).open_text(
            bytes(getattr(row, field)), table=_TABLE, row=str(row.pk), field=field
        )
    except (SealBroken, ValueError):
        raise DraftGone from None
