# SPDX-License-Identifier: Apache-2.0
"""The providers' door in the scopes of `objects`: a notice that was told, its link, its key."""

from datetime import timedelta
from typing import Any

from hearthline.hub.config.tests.world import World
from hearthline.hub.mail.actions import post
from hearthline.hub.mail.models import Letter
from hearthline.hub.notices.actions import link_for
from hearthline.hub.notices.models import Delivery, Notice
from hearthline.kit.formats import feedback


def told(world: World) -> Notice:
    """A notice whose host has the letter."""

    def make() -> Notice:
        notice = world.notice("sent")
        contact = notice.contact
        assert contact
        message = feedback.compose(
            sender="hotline@example.org", recipient=contact.value, subject="A notice",
            message_id=f"<{notice.pk}@example.org>", date=world.at, plain_text="A notice.\n",
            xarf=None, headers={},
        )  # fmt: skip
        letter = post(recipient=contact.value, message=message, purpose="notice", at=world.at)
        # The door opens to a letter that has left.
        Letter.objects.filter(pk=letter.pk).update(state=Letter.State.SENT, sent_at=world.at)
        Delivery.objects.create(
            notice=notice, kind=Delivery.Kind.FIRST, number=1, letter=letter, contact=contact,
            queued_at=world.at,
        )  # fmt: skip
        Notice.objects.filter(pk=notice.pk).update(
            clocks_from=world.at, escalate_at=world.at + timedelta(hours=72)
        )
        return notice

    return world.once(("told",), make)


def secret(world: World) -> str:
    """The secret of the link that the letter holds."""

    def make() -> str:
        notice = told(world)
        assert notice.contact
        link = link_for(contact=notice.contact, notices=[notice], at=world.at)
        assert link
        return link.url.rstrip("/").rpartition("/")[2]

    return world.once(("link",), make)


def notice_of(world: World, who: str, what: str) -> Any:
    """One the contact was told of, or one of somebody else's."""
    return (told(world) if what == "own" else world.notice("homeless")).pk


def link(world: World, who: str, what: str) -> Any:
    """The host and its contact, which holds a link."""
    secret(world)
    contact = told(world).contact
    assert contact
    return {"pk": contact.organisation_id, "contact": contact.pk}


def door(world: World, who: str, what: str) -> Any:
    return {"secret": secret(world)}


def door_notice(world: World, who: str, what: str) -> Any:
    return {"secret": secret(world), "pk": notice_of(world, who, what)}


def answered(world: World, who: str, what: str) -> Any:
    """For a program: its organisation is told by its contacts."""
    return {"notice": notice_of(world, who, what)}


def table(world: World) -> dict[str, str]:
    """One answer as a table."""
    return {"table": f"{told(world).pk},removed"}


def routes(of: Any, history: Any) -> dict[str, Any]:
    """The routes of this file; `of` makes the scopes of one, as in `objects`."""
    removed = {"answer": "removed"}
    batch = {"answers": [{"notice": "FFFFFFFF", **removed}]}
    return {
        "notice_history": history,
        "provider": of(lambda world, _who, _what: world.host.pk, any="any"),
        "provider_revoke": of(link, any="any"),
        "door": of(door, any="any"),
        "door_table": of(door, table, any="any"),
        "door_notice": of(door_notice, {"code": "removed"}, own="own", others="others"),
        "api_notice_answers": of(lambda _world, _who, _what: {}, batch, any="any"),
        "api_notice_answer": of(answered, removed, own="own", others="others"),
    }
