# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.db import transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import subject_address
from hearthline.hub.cases.actions.rules import require_on
from hearthline.hub.cases.models import Case, Subject
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.notices.actions.rehosting import ask_who_hosts
from hearthline.hub.notices.actions.timing import first_due, leaves
from hearthline.hub.notices.models import Notice


class NotCleared(ValueError):
    """Police do not have the case yet, or hold it back: the host must not hear."""


class NoAddress(ValueError):
    """The case is about an account or about words; there is no host to write to."""


class NotAHost(ValueError):
    """Notices go to hosts that are in the directory and in service."""


class NoMailContact(ValueError):
    """The host has no e-mail address or endpoint in the directory."""


class AlreadyAddressed(ValueError):
    """The notice has somebody to go to, or is over."""


@transaction.atomic
def queue_notice(*, case: Case, at: datetime, actor: Actor) -> Notice:
    """The notice of a cleared case, due at once where the host is known. Twice is one notice."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    queued = Notice.objects.filter(case=case).first()
    if queued:
        return queued
    if not Case.objects.cleared_for_notice(at).filter(pk=case.pk).exists():
        raise NotCleared
    if case.subject.kind != Subject.Kind.URL:
        raise NoAddress
    address = subject_address(case=case, actor=actor, at=at, purpose="notice: find the host")
    ask_who_hosts(address=address, exercise=case.exercise, at=at)
    host = Organisation.objects.host_of(address.host) if address.host else None
    contact = contact_of(host) if host else None
    notice = Notice(case=case, host=host, contact=contact, queued_at=at)
    notice.due_at = first_due(notice, contact, at) if contact else None
    notice.save(force_insert=True)
    record(
        at=at,
        actor=actor,
        verb="notices.queue",
        about=notice,
        case=case.pk,
        host=host.pk if host else None,
    )
    return notice


@transaction.atomic
def assign_host(*, notice: Notice, host: Organisation, by: User, at: datetime) -> Notice:
    """A person found out who hosts it: the notice goes there."""
    require_on(notice.case, by, Permission.NOTICES_NOTICE_SEND)
    notice = Notice.objects.select_for_update().get(pk=notice.pk)
    if not notice.needs_host:
        raise AlreadyAddressed
    if host.kind != Organisation.Kind.HOST or host.retired_at is not None:
        raise NotAHost
    contact = contact_of(host)
    if contact is None:
        raise NoMailContact
    notice.host, notice.contact, notice.due_at = host, contact, leaves(notice, contact, at)
    notice.save()
    record(at=at, actor=by.actor, verb="notices.assign_host", about=notice, host=host.pk)
    return notice


def contact_of(host: Organisation) -> Contact | None:
    """Where notices reach the host: its endpoint, which is quickest, else a mailbox."""
    return host.contacts.endpoints().exclude(scope__in=Contact.OTHERS).first() or mailbox_of(host)


def mailbox_of(host: Organisation) -> Contact | None:
    """Its abuse desk, else any mailbox of its own, the lawyers' last."""
    mailboxes = host.contacts.usable().filter(channel=Contact.Channel.EMAIL)
    own = mailboxes.exclude(scope__in=Contact.OTHERS)
    abuse = own.filter(scope=Contact.Scope.ABUSE).first()
    return abuse or own.exclude(scope=Contact.Scope.LEGAL).first() or own.first()
