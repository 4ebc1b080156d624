# SPDX-License-Identifier: Apache-2.0
"""What a person sees of themselves, and what a manager sees of the cover."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, require
from hearthline.hub.audit.models import Entry
from hearthline.hub.care.models import Pause, SetAside
from hearthline.hub.sealing import actions as sealing
from hearthline.kit.codelists import Entry as Code
from hearthline.kit.codelists import incident_types

# What somebody looked at when these were written: a reporter's words, an exhibit, a check.
HARD = ("reports.read", "cases.open_exhibit", "notices.open_check")
DAYS = 14


@dataclass(frozen=True)
class Day:
    """How often a person looked at something hard on one day."""

    day: date
    looks: int


@dataclass(frozen=True)
class Own:
    """What one person sees of themselves, and nobody else does.

    `days` are the last fourteen, oldest first. `many` says that the last hour was a lot,
    `rotate` that most days lately were; both come from the country's pack.
    """

    days: tuple[Day, ...]
    set_aside: dict[str, datetime | None]
    paused_until: datetime | None
    many: bool
    rotate: bool

    @property
    def today(self) -> int:
        return self.days[-1].looks


@dataclass(frozen=True)
class Cover:
    """One kind of incident, and whether enough people take it now."""

    kind: Code
    enough: bool


def key_of(person: User) -> bytes:
    """The keyed digest under which a person's rows stand."""
    return sealing.digest(str(person.pk), purpose="care.person")


def own(*, by: User, at: datetime) -> Own:
    """What `by` sees of themselves. There is no way to ask for somebody else."""
    require(by, Permission.CARE_OWN_USE)
    pack = settings.PACK.care
    today = timezone.localdate(at)
    first = today - timedelta(days=DAYS - 1)
    looks = _looks(by, at - timedelta(days=DAYS))
    by_day = Counter(timezone.localdate(look) for look in looks)
    days = tuple(Day(day, by_day[day]) for day in (first + timedelta(days=n) for n in range(DAYS)))
    hard_days = sum(day.looks >= pack.hard_day_looks for day in days)
    set_aside = declined(by, at)
    return Own(
        days,
        set_aside,
        paused_until(by, at),
        many=_many(by, looks, at),
        rotate=hard_days >= pack.rotate_after_days and not set_aside,
    )


def declined(by: User, at: datetime) -> dict[str, datetime | None]:
    """The kinds of incident that `by` does not take now, each with its last moment or none."""
    rows = SetAside.objects.of(key_of(by)).in_force(at)
    return dict(rows.values_list("kind", "until"))


def paused_until(by: User, at: datetime) -> datetime | None:
    """Until when `by` is given no work; None while they are given work."""
    rows = Pause.objects.of(key_of(by)).now(at).order_by("-until")
    return rows.values_list("until", flat=True).first()


def needs_a_break(by: User, at: datetime) -> bool:
    """Whether the last hour was a lot for `by`, and they have not had a break since."""
    window = timedelta(minutes=settings.PACK.care.break_window_minutes)
    return _many(by, _looks(by, at - window), at)


def cover(*, by: User, at: datetime) -> list[Cover]:
    """For every kind of incident whether enough people take it now. Never who, nor how many."""
    require(by, Permission.CARE_COVER_READ)
    here = {key_of(one) for one in User.objects.in_service() if one.has(_WORK)}
    here -= {bytes(person) for person in Pause.objects.now(at).values_list("person", flat=True)}
    away: Counter[str] = Counter()
    for person, kind in SetAside.objects.in_force(at).values_list("person", "kind"):
        away[kind] += bytes(person) in here
    least = settings.PACK.care.cover_at_least
    return [Cover(kind, len(here) - away[kind.code] >= least) for kind in incident_types()]


_WORK = Permission.CASES_ASSESSMENT_MAKE


def _looks(by: User, since: datetime) -> list[datetime]:
    """The moments at which `by` looked at something hard, from their own log."""
    entries = Entry.objects.of_actor(str(by.actor)).filter(verb__in=HARD, at__gte=since)
    return list(entries.values_list("at", flat=True))


def _many(by: User, looks: list[datetime], at: datetime) -> bool:
    pack = settings.PACK.care
    since = at - timedelta(minutes=pack.break_window_minutes)
    last_break = Pause.objects.of(key_of(by)).begun_since(since).order_by("-until").first()
    start = max(since, last_break.until) if last_break else since
    return sum(look >= start for look in looks) >= pack.break_after_looks
