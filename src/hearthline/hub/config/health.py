# SPDX-License-Identifier: Apache-2.0
"""What supervisors ask a door: whether it lives, whether it can work, and in numbers how it does.

None of these pages says anything about anybody, and none needs a session.
"""

import hmac
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from hearthline.hub.accounts.doors import public
from hearthline.hub.config.readiness import NotReady, refuse_unprepared
from hearthline.hub.config.state import State, Work, state

# Empty until this process has found that database and pages fit.
_fits: list[Path] = []
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@public
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The program answers. Asks nothing of anything else."""
    return JsonResponse({"status": "live"})


@public
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The door can work: database and pages fit this version. Otherwise 503.

    Whether they fit is costly to ask and stays so once found; after that the database alone is.
    """
    try:
        if settings.STATIC_ROOT not in _fits:
            refuse_unprepared()
            _fits.append(settings.STATIC_ROOT)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (NotReady, DatabaseError):
        return JsonResponse({"status": "not ready"}, status=503)
    return JsonResponse({"status": "ready"})


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, behind HEARTHLINE_METRICS_TOKEN as a bearer token; else there is no page."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    registry = CollectorRegistry()
    try:
        registry.register(Numbers(state(timezone.now())))
    except DatabaseError:
        return HttpResponse(status=503, content_type=TEXT)
    return HttpResponse(generate_latest(registry), content_type=TEXT)


class Numbers:
    """The state as Prometheus reads it."""

    def __init__(self, now: State) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        yield _by_ledger(
            "hearthline_due_rows", "Rows whose work is due", self.now, lambda work: work.due
        )
        yield _by_ledger(
            "hearthline_due_oldest_seconds",
            "Seconds the first due row has waited",
            self.now,
            lambda work: work.oldest_seconds,
        )
        cases = GaugeMetricFamily(
            "hearthline_open_cases", "Open cases by urgency level", labels=["level"]
        )
        for level, number in self.now.open.items():
            cases.add_metric([level], number)
        yield cases
        for name, says, value in (
            ("hearthline_late_cases", "Open cases past their clock", self.now.late),
            ("hearthline_waiting_reports", "Reports not taken up yet", self.now.waiting),
            ("hearthline_unlogged_entries", "Audit entries under no checkpoint", self.now.unlogged),
        ):
            yield GaugeMetricFamily(name, says, value=value)
        if self.now.checkpoint_seconds is not None:
            yield GaugeMetricFamily(
                "hearthline_checkpoint_age_seconds",
                "Age of the last signed checkpoint",
                value=self.now.checkpoint_seconds,
            )


def _by_ledger(
    name: str, says: str, now: State, number: Callable[[Work], float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=["ledger"])
    for work in now.work:
        family.add_metric([work.ledger], number(work))
    return family


urlpatterns = [
    path("health/live/", live, name="health_live"),
    path("health/ready/", ready, name="health_ready"),
    path("metrics/", metrics, name="metrics"),
]
