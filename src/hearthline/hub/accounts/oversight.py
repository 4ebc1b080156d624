# SPDX-License-Identifier: Apache-2.0
"""The audit log for those who watch over the work: they read, and their reading is kept too."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from hearthline.hub.accounts.actions import read_log
from hearthline.hub.accounts.doors import StaffRequest, requires
from hearthline.hub.accounts.forms import LogForm
from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import Permission, Role
from hearthline.hub.audit.models import Checkpoint, Entry, EntryQuerySet

PAGE = 100
# A worker that runs extends the log every few seconds.
LATE = timedelta(hours=1)


@requires(Permission.AUDIT_LOG_READ)
@require_GET
def audit_log(request: StaffRequest) -> HttpResponse:
    """Entries newest first, PAGE at a time (?before= is the entry to go on from)."""
    now = timezone.now()
    form = LogForm(request.GET)
    rows: list[Entry] = []
    if form.is_valid():
        log = read_log(by=request.user, at=now, filters=form.used())
        rows = list(_filtered(log, form)[: PAGE + 1])
    context = {
        "section": "audit",
        "form": form,
        "filtered": form.is_valid() and bool(form.used()),
        "later": bool(request.GET.get("before")),
        "older": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "rows": _with_names(rows[:PAGE], request.user),
        **_state(now),
    }
    return render(request, "accounts/audit_log.html", context, status=422 if form.errors else 200)


def _filtered(log: EntryQuerySet, form: LogForm) -> EntryQuerySet:
    given = form.cleaned_data
    if given["actor"]:
        log = log.of_actor(given["actor"])
    if given["verb"]:
        log = log.of_verb(given["verb"])
    if given["record"]:
        log = log.about_record(given["record"])
    if given["before"]:
        log = log.older_than(given["before"])
    return log.of_day(given["first"], given["last"])


def _with_names(entries: list[Entry], reader: User) -> list[dict[str, object]]:
    """Rows with the names of staff, for those who may read the list of staff; else numbers."""
    names: dict[str, str] = {}
    if reader.has(Permission.ACCOUNTS_STAFF_READ):
        numbers = [entry.actor.removeprefix("staff:") for entry in entries if _is_staff(entry)]
        names = {f"staff:{user.pk}": user.name for user in User.objects.filter(pk__in=numbers)}
    return [
        {"entry": entry, "name": names.get(entry.actor, ""), "roles": _role_names(entry)}
        for entry in entries
    ]


def _role_names(entry: Entry) -> list[str]:
    """The roles the actor had, in the reader's language; a role of old times as it was kept."""
    labels = dict(Role.choices)
    return [str(labels.get(role, role)) for role in entry.roles.split(",") if role]


def _is_staff(entry: Entry) -> bool:
    return entry.actor.startswith("staff:")


def _state(now: datetime) -> dict[str, object]:
    unlogged = Entry.objects.unlogged()
    oldest = unlogged.first()
    return {
        "checkpoint": Checkpoint.objects.newest(),
        "unlogged": unlogged.count(),
        "late": oldest is not None and oldest.at < now - LATE,
    }


urlpatterns = [path("", audit_log, name="audit_log")]
