# SPDX-License-Identifier: Apache-2.0
"""A letter goes out once.

The letter is marked SENDING in a transaction of its own before the mail server hears of it, and
SENT after the server took it. Only a crash between the two leaves it SENDING; it then goes again
with the same Message-ID (RFC 5322, 3.6.4) and a header that says it may be a second copy.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.clocks.actions import hold, release, retry_at
from hearthline.hub.mail.models import KEPT_HERE, About, Letter
from hearthline.hub.sealing.actions import destroy, mint, open_as_desk

# RFC 5321, 4.5.4.1: give up after four or five days.
GIVE_UP_AFTER = timedelta(days=5)
EXERCISE_HEADER = "X-Hearthline-Exercise"
REPEAT_HEADER = "X-Hearthline-Repeat"

# Seven-bit on the wire, so that no server on the way has reason to rewrite what was signed off.
_WIRE = SMTP.clone(cte_type="7bit")


class RecipientRefused(ValueError):
    """The address cannot be written to; correct the contact in the directory."""


class HeldBack(Exception):
    """The letter may not leave yet."""


class ExerciseStaysHere(Exception):
    """A letter of an exercise was about to leave for somebody who is no part of it."""


class NoMessageId(ValueError):
    """A letter needs its Message-ID before it is posted, so that it can be known again."""


def message_id(name: str) -> str:
    """The Message-ID of the letter called `name`, e.g. "notice-<id>-first-1", at our domain."""
    return f"<{name}@{settings.MAIL_FROM.rpartition('@')[2]}>"


@transaction.atomic
def post(
    *,
    recipient: str,
    message: EmailMessage,
    purpose: str,
    at: datetime,
    about: uuid.UUID | None = None,
    also: Sequence[uuid.UUID] = (),
    exercise: bool = False,
) -> Letter:
    """Queue `message` for `recipient`, due at once. The same Message-ID twice is one letter.

    `about` is the record it is about, so that it can be held back (see `hold_back`); `also` are
    others it is about as well.

    A letter of an `exercise` never goes to `recipient`: it goes to the country's mailbox for
    exercises, or is kept here and counts as sent. Its subject says what it is, in the language
    that is active.

    From, To and Date are filled in where absent; `Auto-Submitted` (RFC 3834) keeps answering
    machines quiet. The caller audits what the letter is about. Raises `RecipientRefused`.
    """
    name = str(message["Message-ID"] or "").strip()
    if not name:
        raise NoMessageId
    posted = Letter.objects.filter(message_id=name).first()
    if posted:
        return posted
    _refuse_address(recipient)
    meant_for = recipient if exercise else ""
    if exercise:
        recipient = _instead_of(message)
    _complete(message, recipient=recipient, at=at)
    key_row, key = mint(at=at)
    letter = Letter(
        data_key=key_row,
        message_id=name,
        purpose=purpose,
        recipient=recipient,
        about=about,
        queued_at=at,
        due_at=at,
        exercise=exercise,
        meant_for=meant_for,
    )
    if letter.kept_here:
        letter.state, letter.sent_at, letter.due_at = Letter.State.SENT, at, None
    letter.seal(key, "message", message.as_bytes(policy=_WIRE).decode("ascii"))
    letter.save()
    About.objects.bulk_create(About(letter=letter, record=record) for record in also)
    return letter


@transaction.atomic
def hold_back(*, about: uuid.UUID, until: datetime | None) -> int:
    """No letter about this record leaves before `until`; None lets them go. How many it concerns.

    One that the mail server is being given at this moment cannot be called back.
    """
    unsent = [Letter.State.QUEUED, Letter.State.SENDING]
    shared = About.objects.filter(record=about, letter__state__in=unsent)
    together = shared.update(held_until=until)
    return together + Letter.objects.unsent_about(about).update(held_until=until)


@transaction.atomic
def start_sending(*, letter: Letter, holder: str, at: datetime) -> bytes:
    """Mark the letter SENDING and give its bytes for the wire. Commit before dialling the server.

    A letter that is SENDING already was being sent when its worker vanished: the bytes carry the
    mark of a possible second copy. Raises `LeaseLost`, and `HeldBack` when it was held meanwhile.
    """
    letter = hold(letter, holder=holder)
    if letter.is_held(at):
        raise HeldBack
    _refuse_leaving(letter)
    wire = letter.unseal(open_as_desk(letter.data_key), "message").encode("ascii")
    if letter.state == Letter.State.SENDING:
        letter.marked_repeat = True
        record(at=at, actor=Actor.worker(), verb="mail.repeat", about=letter)
    if letter.marked_repeat:
        mark = f"{REPEAT_HEADER}: possible duplicate of {letter.message_id}\r\n"
        wire = mark.encode("ascii") + wire
    letter.state = Letter.State.SENDING
    letter.save()
    return wire


@transaction.atomic
def note_sent(*, letter: Letter, holder: str, at: datetime) -> None:
    """The server took the letter."""
    letter = hold(letter, holder=holder)
    letter.state, letter.sent_at, letter.last_error = Letter.State.SENT, at, ""
    release(letter, due_at=None)
    letter.save()
    record(at=at, actor=Actor.worker(), verb="mail.sent", about=letter, purpose=letter.purpose)


@transaction.atomic
def note_refused(
    *, letter: Letter, holder: str, at: datetime, words: str, for_good: bool = False
) -> None:
    """The server said no, or was not reached: the letter has certainly not gone.

    Tried again later, unless the refusal is `for_good` or the letter is five days old.
    """
    letter = hold(letter, holder=holder)
    letter.state = Letter.State.QUEUED
    _again_or_never(letter, at=at, words=words, never=for_good)


@transaction.atomic
def note_unknown(*, letter: Letter, holder: str, at: datetime, words: str) -> None:
    """The line broke in mid-dialogue: the letter may have gone. It stays SENDING, due later."""
    letter = hold(letter, holder=holder)
    _again_or_never(letter, at=at, words=words)


@transaction.atomic
def forget(*, letter: Letter, at: datetime) -> None:
    """End what the letter said; that it was sent, when and to whom stays."""
    destroy(letter.data_key, at=at)
    record(at=at, actor=Actor.worker(), verb="mail.forget", about=letter)


def _again_or_never(letter: Letter, *, at: datetime, words: str, never: bool = False) -> None:
    """Due again after a pause that grows with every attempt, or given up."""
    letter.last_error = words[:300]
    if never or at - letter.queued_at >= GIVE_UP_AFTER:
        letter.state, letter.given_up_at = Letter.State.GIVEN_UP, at
        release(letter, due_at=None)
        record(at=at, actor=Actor.worker(), verb="mail.give_up", about=letter, reason=words)
    else:
        attempts = letter.attempts
        release(letter, due_at=retry_at(letter, at=at))
        letter.attempts = attempts  # the next pause is longer
    letter.save()


def _instead_of(message: EmailMessage) -> str:
    """Where a letter of an exercise goes; its headers name nobody else and say what it is."""
    recipient: str = settings.PACK.drill.email or KEPT_HERE
    mark = gettext("EXERCISE")
    subject = f"{mark}: {message['Subject'] or ''}"
    for name in ("To", "Cc", "Bcc", "Subject", EXERCISE_HEADER):
        del message[name]
    message["To"], message["Subject"], message[EXERCISE_HEADER] = recipient, subject, "yes"
    return recipient


def _refuse_leaving(letter: Letter) -> None:
    """The one place where bytes for the wire are made: of an exercise, for its own mailbox only."""
    own: str = settings.PACK.drill.email
    if letter.exercise and (not own or letter.recipient != own):
        raise ExerciseStaysHere(letter.message_id)


def _refuse_address(recipient: str) -> None:
    """One plain address, in ASCII: what an envelope can hold without any extension."""
    try:
        validate_email(recipient)
    except ValidationError:
        raise RecipientRefused(recipient) from None
    if not recipient.isascii():
        raise RecipientRefused(recipient)


def _complete(message: EmailMessage, *, recipient: str, at: datetime) -> None:
    absent = {
        "From": settings.MAIL_FROM,
        "To": recipient,
        "Date": format_datetime(at),
        "Auto-Submitted": "auto-generated",
    }
    for name, value in absent.items():
        if name not in message:
            message[name] = value
