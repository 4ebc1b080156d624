# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests: a cleared case, a host in the directory, a real web host."""

import contextlib
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.models import Actor
from hearthline.hub.cases.actions import clear_for_notice
from hearthline.hub.cases.models import Case
from hearthline.hub.cases.tests.make import confirmed, make_case
from hearthline.hub.directory.actions import add_domain
from hearthline.hub.directory.models import Contact, Organisation
from hearthline.hub.directory.tests.make import make_contact, make_organisation
from hearthline.hub.mail.sweeps import send_letters
from hearthline.hub.mail.tests.make import free_port
from hearthline.hub.notices import sweeps
from hearthline.hub.notices.models import Notice
from hearthline.kit.packs import LadderStep

HOST = "harbour-host.test"
MAILBOX = "abuse@harbour-host.test"
LAWYERS = "legal@harbour-host.test"
REGULATOR = "office@regulator.test"


def make_host(*, ada: User, at: datetime, mailbox: str = MAILBOX, **facts: Any) -> Organisation:
    """Harbour Hosting, which serves harbour-host.test."""
    plain = {"name": "Harbour Hosting", "languages": ["en"], "country": "XS", **facts}
    host = make_organisation(by=ada, at=at, **plain)
    if mailbox:
        make_contact(host, by=ada, at=at, value=mailbox)
    add_domain(organisation=host, name=HOST, by=ada, at=at)
    return host


def add_lawyers(host: Organisation, *, ada: User, at: datetime) -> Contact:
    return make_contact(host, by=ada, at=at, scope=Contact.Scope.LEGAL, value=LAWYERS)


def make_regulator(*, ada: User, at: datetime) -> Organisation:
    kind = Organisation.Kind.REGULATOR
    office = make_organisation(by=ada, at=at, name="Office for the Net", kind=kind, country="XS")
    make_contact(office, by=ada, at=at, scope=Contact.Scope.LEGAL, value=REGULATOR)
    return office


def make_confirmed(address: str, *, ana: User, ben: User, at: datetime, **finding: Any) -> Case:
    """A case about `address` that Ana found illegal and Ben confirmed."""
    case = make_case(at=at, addresses=address)
    return confirmed(case, by=ana, second=ben, at=at, **finding)


def make_cleared(address: str, *, ana: User, ben: User, at: datetime, **finding: Any) -> Case:
    """The same, with police: its host may hear."""
    case = make_confirmed(address, ana=ana, ben=ben, at=at, **finding)
    clear_for_notice(case=case, at=at, actor=Actor.worker())
    return Case.objects.get(pk=case.pk)


def sweep(at: datetime, holder: str = "w1") -> None:
    """One round of the worker, as far as notices and mail go, without checks."""
    sweeps.open_notices(holder=holder, at=at)
    sweeps.write_letters(holder=holder, at=at)
    send_letters(holder=holder, at=at)
    sweeps.note_deliveries(holder=holder, at=at)
    sweeps.seal_copies(holder=holder, at=at)


def make_sent(address: str, *, ana: User, ben: User, at: datetime, **finding: Any) -> Notice:
    """A notice the host has. Needs a mail server and the host in the directory."""
    case = make_cleared(address, ana=ana, ben=ben, at=at, **finding)
    sweep(at)
    return Notice.objects.get(case=case)


@dataclass
class WebHost:
    """A web host on loopback that answers every address alike."""

    port: int
    status: int = 200
    asked: int = 0

    def address(self, name: str = "pages") -> str:
        return f"http://{name}.{HOST}:{self.port}/album/7"


@contextlib.contextmanager
def web_host(settings: Any, port: int = 0) -> Iterator[WebHost]:
    """The host runs while the block does; the demonstration's map leads to it, also afterwards."""
    host = WebHost(port or free_port())
    settings.DEMO, settings.PROBE_HOSTS = True, {HOST: f"127.0.0.1:{host.port}"}

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            host.asked += 1
            self.send_response(host.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", host.port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def set_notice_clocks(settings: Any, **changes: Any) -> None:
    """The country pack with other clocks for notices."""
    notice = settings.PACK.clocks.notice.model_copy(update=changes)
    clocks = settings.PACK.clocks.model_copy(update={"notice": notice})
    settings.PACK = settings.PACK.model_copy(update={"clocks": clocks})


def link_in(text: str) -> str:
    """The secret of the link that a letter holds."""
    found = re.search(r"/notices/([A-Za-z0-9_-]{43})/", text)
    assert found, "the letter holds a link"
    return found[1]


def set_ladder(settings: Any, *steps: tuple[str, int], **changes: Any) -> None:
    """The country pack with another ladder: who, and the hours whoever was told last has."""
    ladder = [
        LadderStep(
            who=who,  # type: ignore[arg-type]  # pydantic checks it
            kind="regulator" if who == "regulator" else "service",
            wait_hours=hours,
        )
        for who, hours in steps
    ]
    set_notice_clocks(settings, ladder=ladder, **changes)


def set_calendar(settings: Any, **changes: Any) -> None:
    """The country pack with other closed days."""
    calendar = settings.PACK.calendar.model_copy(update=changes)
    settings.PACK = settings.PACK.model_copy(update={"calendar": calendar})
