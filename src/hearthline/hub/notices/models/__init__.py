# SPDX-License-Identifier: Apache-2.0
from hearthline.hub.notices.models.answering import Answer
from hearthline.hub.notices.models.carrying import Delivery, Post
from hearthline.hub.notices.models.door import DoorLink
from hearthline.hub.notices.models.ladder import Escalation
from hearthline.hub.notices.models.looking import Check, Watch
from hearthline.hub.notices.models.notice import (
    Lane,
    Notice,
    NoticeQuerySet,
    cases_awaiting_notice,
    cases_by_hand,
)

__all__ = [
    "Answer",
    "Check",
    "Delivery",
    "DoorLink",
    "Escalation",
    "Lane",
    "Notice",
    "NoticeQuerySet",
    "Post",
    "Watch",
    "cases_awaiting_notice",
    "cases_by_hand",
]
