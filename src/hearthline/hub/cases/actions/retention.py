# SPDX-License-Identifier: Apache-2.0
"""The end of what casework keeps about a place and about people.

A subject ends when every case about it is closed and the pack's time has passed for each: its
address, the notes of its judges and every reason that was given end with its key. Codes and times
stay, and with them the figures. The digests by which it could be found again go too, because
whoever holds the pepper could ask them about an address; so a place that is reported after its
end is a new subject, with no past here.

A request to close a flood ends when the reports it closed have: its reason, which each of their
entries names, and the row itself with the digests of what they shared.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from hearthline.hub.audit.actions import record
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions.rules import lock
from hearthline.hub.cases.models import Case, CaseExhibit, FloodClosing, Subject
from hearthline.hub.sealing import actions as sealing
from hearthline.hub.sealing.words import end_words


@transaction.atomic
def end_retention(*, subject: Subject, at: datetime) -> bool:
    """End one subject; False when work on it began again meanwhile, or it has ended."""
    lock(subject)
    cases = subject.cases.filter(ended_at__isnull=True)
    if subject.ended or cases.count() != cases.past_retention(at, settings.PACK.retention).count():
        return False
    numbers = list(subject.cases.values_list("pk", flat=True))
    exhibits = CaseExhibit.objects.filter(case__in=numbers).values_list("exhibit", flat=True)
    sealing.destroy(subject.data_key, at=at)
    words = end_words(about=[*numbers, *exhibits], at=at)
    subject.digest, subject.host_digest = secrets.token_bytes(32), b""
    subject.save(update_fields=["digest", "host_digest"])
    Case.objects.filter(pk__in=numbers).update(ended_at=at, host_digest=None)
    record(
        at=at, actor=Actor.worker(), verb="cases.end_retention", about=subject,
        cases=[str(number) for number in numbers], words=words,
    )  # fmt: skip
    return True


@transaction.atomic
def end_flood_closing(*, closing: FloodClosing, at: datetime) -> bool:
    """Delete one request to close a flood; False when somebody took it up or it has ended."""
    same = FloodClosing.objects.past_retention(at, settings.PACK.retention).filter(pk=closing.pk)
    if same.select_for_update().first() is None:
        return False
    words = end_words(about=[closing.pk], at=at)
    record(at=at, actor=Actor.worker(), verb="cases.end_flood_closing", about=closing, words=words)
    closing.delete()
    return True
