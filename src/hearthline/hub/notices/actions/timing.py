# SPDX-License-Identifier: Apache-2.0
"""When a letter may go, and when the host's time is over.

Letters wait for an open minute at the reader's place; deadlines count as the country's law does.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from hearthline.hub.directory.hours import next_open
from hearthline.hub.directory.models import Contact
from hearthline.hub.notices.models import Notice

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")


def zone_of(contact: Contact) -> ZoneInfo:
    """Their clock; this country's where theirs is not stated."""
    return ZoneInfo(contact.timezone or settings.PACK.country.timezone)


def opens(contact: Contact, at: datetime) -> datetime:
    """The first minute from `at` on at which the contact is at work."""
    calendar = settings.PACK.calendar
    return next_open(
        contact.hours,
        at,
        zone=zone_of(contact),
        weekend=calendar.weekend,
        holidays=calendar.holidays,
    )


def leaves(notice: Notice, contact: Contact | None, at: datetime) -> datetime:
    """When a letter of this notice may go: at once where it is urgent, or nobody is written to."""
    if contact is None or notice.is_urgent or contact.channel == Contact.Channel.POST:
        return at  # a program reads at any hour
    return opens(contact, at)


def first_due(notice: Notice, contact: Contact, at: datetime) -> datetime:
    """When a new notice's first letter goes: after the window in which others may join it."""
    if notice.is_urgent or contact.channel == Contact.Channel.POST:
        return at
    window = timedelta(minutes=settings.PACK.clocks.notice.group_minutes)
    return opens(contact, at + window)


def deadline(started: datetime, hours: int) -> datetime:
    """`hours` after `started`; where the law counts business days, those of closed days are not.

    An open day counts as long as it is, so that a deadline of 24 hours is one business day.
    """
    if settings.PACK.clocks.notice.counts == "hours":
        return started + timedelta(hours=hours)
    zone, left = ZoneInfo(settings.PACK.country.timezone), timedelta(hours=hours)
    moment, day = started, started.astimezone(zone).date()
    while True:
        ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        if not _closed(day):
            if moment + left <= ends:
                return moment + left
            left -= ends - moment
        moment, day = ends, day + timedelta(days=1)


def _closed(day: date) -> bool:
    calendar = settings.PACK.calendar
    return day in calendar.holidays or _DAYS[day.weekday()] in calendar.weekend
