# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests, and a real mail server on loopback."""

import contextlib
import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from hearthline.hub.mail import actions
from hearthline.hub.mail.models import Letter

OK = "250 Accepted"


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Inbox:
    """A mail server's handler: keeps what it accepts, and answers as it is told to."""

    answer_rcpt: str = OK
    answer_data: str = OK
    # Called when a mail was kept and before the server says so.
    on_data: Callable[[], None] = lambda: None
    received: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.answer_rcpt == OK:
            envelope.rcpt_tos.append(address)
        return self.answer_rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer_data == OK:
            self.received.append((envelope.rcpt_tos[0], envelope.content))
            self.on_data()
        return self.answer_data

    @property
    def mails(self) -> list[EmailMessage]:
        """What was received, parsed, oldest first."""
        parse = email.message_from_bytes
        return [parse(raw, policy=email.policy.default) for _, raw in self.received]

    def to(self, recipient: str) -> list[EmailMessage]:
        pairs = zip(self.received, self.mails, strict=True)
        return [mail for (address, _), mail in pairs if address == recipient]


@contextlib.contextmanager
def mail_server(settings: Any, inbox: Inbox, port: int = 0, **options: Any) -> Iterator[Inbox]:
    """The server runs while the block does; settings point to it, also afterwards."""
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", port or free_port()
    controller = Controller(inbox, hostname=settings.SMTP_HOST, port=settings.SMTP_PORT, **options)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


def make_message(name: str = "letter-1", body: str = "The lamp is lit.") -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = actions.message_id(name)
    message["Subject"] = "A letter"
    message.set_content(body)
    return message


def make_letter(
    *, at: datetime, name: str = "letter-1", recipient: str = "abuse@harbour-host.test"
) -> Letter:
    return actions.post(recipient=recipient, message=make_message(name), purpose="test", at=at)
