# SPDX-License-Identifier: Apache-2.0
"""A mail server that takes its time before and after keeping a letter, so that kills fall there."""

import asyncio
import random

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from hearthline.hub.demo.sink import Inbox

LONGEST = 0.08


class SlowKeep:
    """Keeps every letter in the inbox, as the demonstration's server does, but slowly."""

    def __init__(self, inbox: Inbox, chance: random.Random) -> None:
        self.inbox, self.chance = inbox, chance

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.chance.uniform(0, LONGEST))
        self.inbox.keep(bytes(envelope.original_content or b""))
        await asyncio.sleep(self.chance.uniform(0, LONGEST))
        return "250 kept"


def start(port: int, inbox: Inbox, chance: random.Random) -> Controller:
    """The server, running in a thread on 127.0.0.1:`port`."""
    controller = Controller(SlowKeep(inbox, chance), hostname="127.0.0.1", port=port)
    controller.start()
    return controller
