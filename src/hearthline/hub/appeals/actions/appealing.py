# SPDX-License-Identifier: Apache-2.0
"""Appealing, and coming back to read the decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from hearthline.hub.appeals.actions.rules import (
    ADDRESS_LIMIT,
    CONTACT_LIMIT,
    WORDS_LIMIT,
    Text,
    check,
    opened,
)
from hearthline.hub.appeals.models import Appeal
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.sealing import actions as sealing
from hearthline.kit import sealing as kit


class AppealUnknown(LookupError):
    """No appeal has this receipt."""


@dataclass(frozen=True)
class Told:
    """What somebody wrote: the address as typed, a code of `Appeal.Who`, and why it is wrong."""

    address: str
    who: str
    words: str
    contact: str = ""


@dataclass(frozen=True)
class Appealed:
    """An appeal that was received, and the receipt that leads to its decision."""

    appeal: Appeal
    receipt: str


def appeal(*, told: Told, language: str, at: datetime, receipt: str = "") -> Appealed:
    """Receive an appeal, sealed for the desk and for its own receipt.

    No ledger is asked about the address here, as the time that takes would tell the answer: what
    it disputes joins it with the worker's next round (`handling.look_up`).

    With a `receipt` made before (see `public`), sending the same twice is one appeal. An address
    that cannot be read is kept all the same: a person reads it. Raises NothingSaid, TooLong,
    FileContentRefused, and ValueError on an unknown `who`; then nothing is kept.
    """
    who = Appeal.Who(told.who)
    check("address", told.address, ADDRESS_LIMIT, needed=True)
    check("words", told.words, WORDS_LIMIT, needed=True)
    check("contact", told.contact, CONTACT_LIMIT)
    # Slow on purpose, so before the transaction.
    receipt = receipt or kit.new_receipt()
    keys = sealing.lasting_keys(receipt)
    before = Appeal.objects.of_receipt(keys.digest)
    if before is not None:
        if _same(before, keys, told):
            return Appealed(before, receipt)
        receipt = kit.new_receipt()
        keys = sealing.lasting_keys(receipt)
    row, key = sealing.prepare(at=at)
    row.wrapped_receipt = keys.wrap(key, row=row.row)
    clocks = settings.PACK.clocks.appeal
    made = Appeal(
        data_key=row,
        receipt_digest=keys.digest,
        who=who,
        language=language,
        received_at=at,
        acknowledge_due_at=at + timedelta(days=clocks.acknowledge_days),
        decide_due_at=at + timedelta(days=clocks.decide_days),
    )
    made.seal(key, "address", told.address.strip())
    made.seal(key, "words", told.words)
    if told.contact.strip():
        made.seal(key, "contact", told.contact.strip())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            made.save(force_insert=True)
            record(at=at, actor=appellant(made), verb="appeals.appeal", about=made, who=made.who)
    except IntegrityError:
        if Appeal.objects.of_receipt(keys.digest) is None:
            raise
        # Sent twice in one moment, and the other one was quicker.
        return appeal(told=told, language=language, at=at, receipt=receipt)
    return Appealed(made, receipt)


def come_back(*, receipt: str, at: datetime) -> tuple[Appeal, Text | None]:
    """The appeal of a receipt, opened; no text once it was deleted.

    Raises ReceiptMistyped, AppealUnknown.
    """
    keys = sealing.lasting_keys(receipt)
    found = Appeal.objects.of_receipt(keys.digest)
    if found is None:
        raise AppealUnknown
    text = None
    if found.data_key.destroyed_at is None:
        text = opened(found, sealing.open_with_receipt(found.data_key, keys))
    record(at=at, actor=appellant(found), verb="appeals.come_back", about=found)
    return found, text


def appellant(made: Appeal) -> Actor:
    """Whoever appealed, by the appeal and never by name."""
    return Actor("appellant", str(made.pk))


def _same(before: Appeal, keys: kit.ReceiptKeys, told: Told) -> bool:
    """Whether this receipt's appeal says the same already."""
    if before.data_key.destroyed_at is not None:
        return False
    text = opened(before, sealing.open_with_receipt(before.data_key, keys))
    return (text.address, text.words) == (told.address.strip(), told.words)
