# SPDX-License-Identifier: Apache-2.0
"""Views of the queue that somebody keeps under a name, for themselves or for the team."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from hearthline.hub.accounts.models import User
from hearthline.hub.accounts.permissions import NotAllowed, Permission, require
from hearthline.hub.audit.actions import record
from hearthline.hub.cases.actions.queueing import Place, order_of
from hearthline.hub.cases.models import Lane, SavedView


class TooManyViews(Exception):
    """The person keeps as many views as the country pack allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class NameTaken(ValueError):
    """The person keeps another view under this name."""

    field = "name"


def save_view(*, name: str, shared: bool, place: Place, by: User, at: datetime) -> SavedView:
    """Keep a lane, what it is narrowed to and its order. Raises TooManyViews and NameTaken.

    Sharing with the team needs its own permission.
    """
    require(by, Permission.CASES_QUEUE_READ)
    _may_share(by, shared)
    limit = settings.PACK.desk.saved_views
    if SavedView.objects.filter(owner=by).count() >= limit:
        raise TooManyViews(limit)
    lane = place.lane if place.lane in Lane.values else Lane.NEW.value
    view = SavedView(
        owner=by,
        name=name.strip(),
        shared=shared,
        lane=lane,
        sort=order_of(lane, place.sort),
        narrowing=place.narrowing.chosen,
        made_at=at,
    )
    _write(view, "save_view", by, at)
    return view


def change_view(*, view: SavedView, name: str, shared: bool, by: User, at: datetime) -> None:
    """Rename it, share it or take it back. Only its owner may; raises NameTaken."""
    require(by, Permission.CASES_QUEUE_READ)
    _own(view, by)
    if shared != view.shared:
        _may_share(by, shared)
    view.name, view.shared = name.strip(), shared
    _write(view, "change_view", by, at)


@transaction.atomic
def delete_view(*, view: SavedView, by: User, at: datetime) -> None:
    """Its owner deletes it; a shared one also anybody who may share."""
    require(by, Permission.CASES_QUEUE_READ)
    if not (view.shared and by.has(Permission.CASES_VIEW_SHARE)):
        _own(view, by)
    record(at=at, actor=by.actor, verb="cases.delete_view", about=view, shared=view.shared)
    view.delete()


def _write(view: SavedView, act: str, by: User, at: datetime) -> None:
    try:
        with transaction.atomic():
            view.save()
            record(at=at, actor=by.actor, verb=f"cases.{act}", about=view, shared=view.shared)
    except IntegrityError:
        raise NameTaken from None


def _may_share(by: User, shared: bool) -> None:
    if shared:
        require(by, Permission.CASES_VIEW_SHARE)


def _own(view: SavedView, by: User) -> None:
    if view.owner_id != by.pk:
        raise NotAllowed
