# SPDX-License-Identifier: Apache-2.0
"""Notices to an HTTPS endpoint: signed, once or again with a mark, and never anywhere else."""

from datetime import timedelta

import pytest

from hearthline.hub.audit.models import Actor, Entry
from hearthline.hub.cases.actions import hold_notice
from hearthline.hub.clocks.actions import LEASE, lease
from hearthline.hub.directory.actions import new_secret, verify_contact
from hearthline.hub.mail.actions import REPEAT_HEADER
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.actions import start_posting
from hearthline.hub.notices.models import Notice, Post
from hearthline.hub.notices.sweeps import (
    forget_posts,
    note_deliveries,
    open_notices,
    send_posts,
    write_letters,
)
from hearthline.hub.notices.tests.conftest import ADDRESS
from hearthline.hub.notices.tests.endpoint import listening, make_endpoint
from hearthline.hub.notices.tests.make import MAILBOX, make_cleared, make_host, sweep
from hearthline.kit.formats import webhook, xarf

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MARK = REPEAT_HEADER.lower()


@pytest.fixture
def endpoint(settings, tmp_path):
    with listening(settings, tmp_path) as endpoint:
        yield endpoint


@pytest.fixture
def contact(host, endpoint, ada, now):
    """Harbour Hosting takes posts, and has a mailbox beside."""
    contact, contact.key_text = make_endpoint(host, endpoint, ada=ada, at=now)
    return contact


@pytest.fixture
def case(contact, ana, ben, now):
    return make_cleared(ADDRESS, ana=ana, ben=ben, at=now)


def work(at, holder="w1"):
    open_notices(holder=holder, at=at)
    write_letters(holder=holder, at=at)
    taken = send_posts(holder=holder, at=at)
    note_deliveries(holder=holder, at=at)
    return taken


def test_the_endpoint_gets_the_document_signed(case, contact, endpoint, now):
    assert work(now) == 1
    ((headers, body),) = endpoint.received
    notice = Notice.objects.get()
    assert headers["content-type"] == "application/json"
    name = webhook.verify(secret=contact.key_text, received=headers, body=body, at=now)
    assert name == f"notice-{notice.pk}-first-1"
    assert xarf.read(body)["report_id"] == str(notice.pk)
    assert MARK not in headers


def test_once_taken_the_clocks_run_and_nothing_goes_twice(case, endpoint, now):
    for _ in range(3):
        work(now)
    post, notice = Post.objects.get(), Notice.objects.get()
    assert (post.state, post.status, post.sent_at) == (Letter.State.SENT, 202, now)
    assert (notice.state, notice.sent_at) == (Notice.State.SENT, now)
    assert len(endpoint.received) == 1
    assert Entry.objects.filter(verb="notices.posted").count() == 1


def test_each_address_is_a_post_of_its_own(case, endpoint, ana, ben, now):
    make_cleared("http://pages.harbour-host.test/b", ana=ana, ben=ben, at=now)
    assert work(now) == 2
    assert len({document["report_id"] for document in endpoint.documents}) == 2


def test_a_refusal_is_tried_again_with_the_same_id_and_no_mark(case, endpoint, now):
    endpoint.status = 503
    assert work(now) == 0
    assert work(now) == 0, "it waits a minute"
    endpoint.status = 200
    assert work(now + MINUTE) == 1
    first, second = (headers for headers, _ in endpoint.received)
    assert first["webhook-id"] == second["webhook-id"]
    assert MARK not in second


def test_a_line_that_broke_is_tried_again_with_the_mark(case, endpoint, now):
    endpoint.silent = True
    work(now)
    assert Post.objects.get().state == Letter.State.SENDING
    endpoint.silent = False
    work(now + MINUTE)
    first, second = (headers for headers, _ in endpoint.received)
    assert first["webhook-id"] == second["webhook-id"]
    assert (MARK in first, MARK in second) == (False, True)
    assert Post.objects.get().marked_repeat


def test_after_a_crash_it_goes_again_with_the_mark(case, endpoint, now):
    open_notices(holder="w1", at=now)
    write_letters(holder="w1", at=now)
    (post,) = lease(Post.objects.due(now), holder="w1", at=now)
    start_posting(post=post, holder="w1", at=now)  # and here the worker dies
    assert send_posts(holder="w2", at=now) == 0
    assert send_posts(holder="w2", at=now + LEASE) == 1
    ((headers, _),) = endpoint.received
    assert MARK in headers
    assert Entry.objects.filter(verb="notices.repeat").count() == 1


def test_gone_parks_the_endpoint_and_the_mailbox_gets_the_notice(
    case, contact, endpoint, inbox, ada, now
):
    endpoint.status = 410
    work(now)
    contact.refresh_from_db()
    assert (contact.parked_at, contact.parked_because) == (now, "HTTP 410")
    sweep(now)
    assert len(inbox.to(MAILBOX)) == 1
    assert Notice.objects.get().contact.value == MAILBOX
    verify_contact(contact=contact, source="a call", verified_on=now.date(), by=ada, at=now)
    contact.refresh_from_db()
    assert contact.parked_at is None


def test_gone_without_a_mailbox_is_for_a_person(endpoint, ana, ben, ada, now):
    host = make_host(ada=ada, at=now, mailbox="")
    make_endpoint(host, endpoint, ada=ada, at=now)
    make_cleared(ADDRESS, ana=ana, ben=ben, at=now)
    endpoint.status = 410
    work(now)
    assert Notice.objects.get().needs_host


def test_an_endpoint_that_never_answers_is_given_up_and_the_letter_is_marked(
    case, endpoint, inbox, now
):
    endpoint.silent = True
    work(now)
    for hours in (1, 24):
        work(now + hours * HOUR)
    assert Post.objects.get().state == Letter.State.GIVEN_UP
    sweep(now + 24 * HOUR)
    (mail,) = inbox.to(MAILBOX)
    assert Post.objects.get().message_id in mail[REPEAT_HEADER]


def test_what_no_code_is_true_of_goes_to_people(contact, endpoint, inbox, ana, ben, now):
    make_cleared(ADDRESS, ana=ana, ben=ben, at=now, outcome="national", peer=True)
    work(now)
    sweep(now)
    assert endpoint.received == []
    assert len(inbox.to(MAILBOX)) == 1


def test_reminders_go_to_the_mailbox(case, endpoint, inbox, now):
    work(now)
    sweep(now + 24 * HOUR)
    assert len(endpoint.received) == 1
    (reminder,) = inbox.to(MAILBOX)
    assert reminder["Subject"].startswith("Reminder of notice")


def test_a_hold_stops_a_post_that_has_not_left(case, endpoint, now):
    open_notices(holder="w1", at=now)
    write_letters(holder="w1", at=now)
    hold_notice(case=case, until=now + HOUR, at=now, actor=Actor.worker())
    assert send_posts(holder="w1", at=now) == 0
    assert send_posts(holder="w1", at=now + HOUR) == 1


def test_a_redirect_is_not_followed(case, endpoint, now):
    endpoint.status = 307
    assert work(now) == 0
    assert Post.objects.get().status == 307
    assert len(endpoint.received) == 1


def test_an_authority_nobody_named_is_not_trusted(settings, case, endpoint, now):
    settings.CA_ROOTS = None
    assert work(now) == 0
    post = Post.objects.get()
    assert (post.last_error, post.state) == ("tls", Letter.State.QUEUED)
    assert endpoint.received == []


def test_outside_the_demonstration_nothing_internal_is_reached(settings, case, endpoint, now):
    settings.DEMO, settings.PROBE_HOSTS = False, {}
    assert work(now) == 0
    assert Post.objects.get().last_error in {"name_not_found", "not_allowed", "resolution_failed"}
    assert endpoint.received == []


def test_the_document_and_the_secret_are_sealed(case, contact, endpoint, now):
    work(now)
    assert b"harbour" not in bytes(Post.objects.get().message)
    assert contact.key_text.encode() not in bytes(contact.endpoint.secret)


def test_a_new_secret_signs_from_then_on(case, contact, endpoint, ada, now):
    secret = new_secret(contact=contact, by=ada, at=now)
    work(now)
    ((headers, body),) = endpoint.received
    assert webhook.verify(secret=secret, received=headers, body=body, at=now)


def test_what_was_sent_is_forgotten_in_time_as_letters_are(case, endpoint, now):
    work(now)
    assert forget_posts(holder="w1", at=now + timedelta(days=29)) == 0
    assert forget_posts(holder="w1", at=now + timedelta(days=30)) == 1
    assert forget_posts(holder="w1", at=now + timedelta(days=30)) == 0
