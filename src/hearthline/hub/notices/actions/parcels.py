# SPDX-License-Identifier: Apache-2.0
"""A post goes out once, or again with a mark: the promise of the mail room, over HTTPS.

It is marked SENDING in a transaction of its own before the endpoint hears of it. Found SENDING
again, it may have arrived: it goes with the same webhook-id and a header that says so. Every
refusal is tried again by the clock until the pack's hours are over; 410 ends the endpoint
(Standard Webhooks), until a person has looked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.clocks.actions import hold, release, retry_at
from hearthline.hub.directory.actions import park_contact, secret_of
from hearthline.hub.mail.actions import REPEAT_HEADER, ExerciseStaysHere, HeldBack
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.models import Post
from hearthline.hub.sealing.actions import destroy, open_as_desk
from hearthline.kit.formats import webhook

WORKER = Actor.worker()


@dataclass(frozen=True)
class Parcel:
    """What goes over the wire."""

    url: str
    headers: dict[str, str]
    body: bytes


@transaction.atomic
def start_posting(*, post: Post, holder: str, at: datetime) -> Parcel:
    """Mark the post SENDING and give what to send. Commit before the endpoint is dialled.

    Raises `LeaseLost`, `HeldBack` when police hold the case back meanwhile, and
    `ExerciseStaysHere`: a post of an exercise has no bytes for the wire, see `keep_here`.
    """
    post = hold(post, holder=holder)
    until = post.notice.case.notice_held_until
    if until is not None and until > at:
        raise HeldBack
    if post.notice.case.exercise:
        raise ExerciseStaysHere(post.message_id)
    body = post.unseal(open_as_desk(post.data_key), "message").encode("utf-8")
    if post.state == Letter.State.SENDING:
        post.marked_repeat = post.maybe_arrived = True
        record(at=at, actor=WORKER, verb="notices.repeat", about=post)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Hearthline",
        **webhook.headers(
            secret=secret_of(post.contact), message_id=post.message_id, at=at, body=body
        ),
    }
    if post.marked_repeat:
        headers[REPEAT_HEADER] = f"possible duplicate of {post.message_id}"
    post.state = Letter.State.SENDING
    post.save()
    return Parcel(post.recipient, headers, body)


@transaction.atomic
def keep_here(*, post: Post, holder: str, at: datetime) -> None:
    """A post of an exercise is kept here and counts as taken. Raises `LeaseLost`."""
    post = hold(post, holder=holder)
    post.state, post.sent_at = Letter.State.SENT, at
    release(post, due_at=None)
    post.save()
    record(at=at, actor=WORKER, verb="notices.keep_here", about=post)


@transaction.atomic
def note_answer(*, post: Post, status: int, holder: str, at: datetime) -> bool:
    """What the endpoint answered; True when it took the notice. Raises `LeaseLost`."""
    post = hold(post, holder=holder)
    post.status, post.last_error = status, ""
    if 200 <= status < 300:
        post.state, post.sent_at = Letter.State.SENT, at
        release(post, due_at=None)
        post.save()
        record(at=at, actor=WORKER, verb="notices.posted", about=post, status=status)
        return True
    post.state = Letter.State.QUEUED  # an answer came: this attempt was certainly not taken
    gone = status == HTTPStatus.GONE
    if gone:
        park_contact(contact=post.contact, because=f"HTTP {status}", at=at, actor=WORKER)
    _again_or_never(post, at=at, words=f"HTTP {status}", never=gone)
    return False


@transaction.atomic
def note_trouble(*, post: Post, words: str, arrived: bool, holder: str, at: datetime) -> None:
    """No answer came. Where it may have arrived, it stays SENDING and goes again with a mark."""
    post = hold(post, holder=holder)
    post.maybe_arrived = post.maybe_arrived or arrived
    if not arrived:
        post.state = Letter.State.QUEUED
    _again_or_never(post, at=at, words=words)


@transaction.atomic
def forget_post(*, post: Post, at: datetime) -> None:
    """End what the post said; that it was sent, when and to whom stays."""
    destroy(post.data_key, at=at)
    record(at=at, actor=WORKER, verb="notices.forget_post", about=post)


def _again_or_never(post: Post, *, at: datetime, words: str, never: bool = False) -> None:
    post.last_error = words[:300]
    over = at - post.queued_at >= timedelta(hours=settings.PACK.clocks.notice.post_hours)
    if never or over:
        post.state, post.given_up_at = Letter.State.GIVEN_UP, at
        release(post, due_at=None)
        record(at=at, actor=WORKER, verb="notices.post_give_up", about=post, reason=words)
    else:
        attempts = post.attempts
        release(post, due_at=retry_at(post, at=at))
        post.attempts = attempts  # the next pause is longer
    post.save()
