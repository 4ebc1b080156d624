# SPDX-License-Identifier: Apache-2.0
"""Asked within one process that is all doors: the desk's pages, a month's figures, promises."""

import time
from collections.abc import Callable
from statistics import median

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks.population import populate
from hearthline.hub.accounts.actions import enrol
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Role
from hearthline.hub.accounts.tests.make import make_user, signed_in
from hearthline.hub.cases.models import Case, Lane
from hearthline.hub.statistics.actions import compile_period, count_days

TIMES = 5
SLOW = 0.2  # seconds; a slower page's slowest question is said as well


def measure(subjects: int, open_cases: int) -> None:
    """Fill the configured database, then ask."""
    started = time.monotonic()
    there = populate(subjects=subjects, open_cases=open_cases)
    took = time.monotonic() - started
    print(
        f"\n{connection.vendor}: {there.subjects} subjects, {there.open_cases} open cases, "
        f"{there.reports} reports; written in {took:.0f} s"
    )
    ask(there.month)


def ask(month: str) -> None:
    """Measure a database that is filled already; `month` is the period of its reports."""
    settings.ALLOWED_HOSTS = ["*"]
    analyst = User.objects.in_service().order_by("email").first() or make_user("Ana", Role.ANALYST)
    _with_second_factor(analyst)
    desk = signed_in(analyst)
    print(f"{'':34}{'questions':>10}{'p50 ms':>10}{'slowest':>10}")
    for lane in Lane.values:
        _line(f"queue, lane {lane}", lambda lane=lane: desk.get(reverse("queue"), {"lane": lane}))  # type: ignore[misc]
    waiting = Case.objects.awaiting_triage().by_urgency().values_list("pk", flat=True)[:1]
    for pk in waiting:
        _line("a case", lambda: desk.get(reverse("case", args=[pk])))  # noqa: B023  # called here and now
    at = timezone.now()
    stella = _staff("stella@example.org", "Stella", Role.STATISTICIAN)
    _line("figures of a month", lambda: compile_period(period=month, by=stella, at=at), times=1)
    mara = _staff("mara@example.org", "Mara", Role.HOTLINE_MANAGER)
    promises = signed_in(mara)
    _line("promises, no day counted yet", lambda: promises.get(reverse("promises")), times=1)
    _line("the worker counts one day", lambda: count_days(at, limit=1), times=1)
    while count_days(at):
        pass
    _line("promises", lambda: promises.get(reverse("promises")))


def _staff(email: str, name: str, role: Role) -> User:
    """Somebody of this role, enrolled where they are not there yet."""
    found = User.objects.filter(email=email).first() or enrol(
        email=email, name=name, password="", roles=[role], by=None, at=timezone.now()
    )
    return _with_second_factor(found)


def _with_second_factor(user: User) -> User:
    Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {"x": "x"}})
    return user


def _line(name: str, work: Callable[[], object], times: int = TIMES) -> None:
    seconds, slowest, sql = [], 0.0, ""
    for _ in range(times):
        with CaptureQueriesContext(connection) as asked:
            started = time.monotonic()
            answer = work()
            seconds.append(time.monotonic() - started)
        for question in asked.captured_queries:
            if float(question["time"]) > slowest:
                slowest, sql = float(question["time"]), question["sql"]
    status = getattr(answer, "status_code", 200)
    name = name if status == 200 else f"{name} ({status})"
    print(
        f"{name:34}{len(asked):10}{median(seconds) * 1000:10.1f}{slowest * 1000:10.1f}"
    )  # fmt: skip
    if slowest > SLOW:
        print(f"    {sql[:400]}")
