# SPDX-License-Identifier: Apache-2.0
from hearthline.hub.notices.models.answering import Answer
from hearthline.hub.notices.models.carrying import Delivery, Post
from hearthline.hub.notices.models.door import Copy, Reader
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
    "Copy",
    "Delivery",
    "Escalation",
    "Lane",
    "Notice",
    "NoticeQuerySet",
    "Post",
    "Reader",
    "Watch",
    "cases_awaiting_notice",
    "cases_by_hand",
]
