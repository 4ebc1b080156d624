# SPDX-License-Identifier: Apache-2.0
"""The primary on real sockets of this machine, with dnspython as the secondary."""

import shutil
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.xfr
import dns.zone
import pytest

from hearthline.kit.dns.answering import Access, Answers
from hearthline.kit.dns.editions import WentBack
from hearthline.kit.dns.notifying import Notifier, Target
from hearthline.kit.dns.primary import Limits, Primary
from hearthline.kit.dns.tests import make
from hearthline.kit.dns.tests.make import KEY, NAMES, ZONE

HERE = "127.0.0.1"
KEYRING = dns.tsig.Key(KEY.name, KEY.secret, "hmac-sha256")
QUICK = Limits(
    connections=12,
    connections_each=4,
    queries_each=3,
    wait_for_query=0.3,
    send_message=1,
    look=0.02,
)


@contextmanager
def running(
    folder: Path, targets=(), limits: Limits = QUICK
) -> Iterator[tuple[Primary, list[str]]]:
    held = make.editions(folder)
    access = Access({KEY.name: KEY}, make.LOOPBACK)
    answers = Answers(ZONE, lambda: held.current, access, time.time)
    told: list[str] = []
    notifier = Notifier(ZONE, targets, time.time, told.append, source=HERE)
    primary = Primary(held, answers, notifier, address=(HERE, 0), tell=told.append, limits=limits)
    with primary:
        yield primary, told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make.written(tmp_path)
    return tmp_path


def serial_at(port: int, *, tcp: bool = False) -> int:
    asked = dns.message.make_query(ZONE, "SOA")
    asked.use_tsig(KEYRING)
    ask = dns.query.tcp if tcp else dns.query.udp
    return ask(asked, HERE, port=port, timeout=2).answer[0][0].serial


def transfer(port: int, zone: dns.zone.Zone | None = None) -> dns.zone.Zone:
    """A full transfer, or an incremental one from what the zone holds."""
    zone = zone or dns.zone.Zone(ZONE)
    asked, _serial = dns.xfr.make_query(zone, keyring=KEYRING)
    dns.query.inbound_xfr(HERE, zone, query=asked, port=port, timeout=2, lifetime=10)
    return zone


def rows(zone: dns.zone.Zone) -> make.Records:
    origin = zone.origin
    return {
        (
            str(name),
            dns.rdatatype.to_text(data.rdtype),
            data.to_text(origin=origin, relativize=False).strip('"'),
        )
        for name, _ttl, data in zone.iterate_rdatas()
    }


def eventually(true: Callable[[], object], seconds: float = 3.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_the_serial_is_told_over_udp_and_tcp(folder: Path):
    with running(folder) as (primary, told):
        assert serial_at(primary.port) == serial_at(primary.port, tcp=True) == 1
    assert told == ["serves serial 1, 40 names."]


def test_a_secondary_follows_a_change(folder: Path):
    with running(folder, limits=Limits()) as (primary, _told):
        zone = transfer(primary.port)
        assert rows(zone) == make.from_file(NAMES, 1)
        changed = [*NAMES[1:], ("new.example", True)]
        make.written(folder, 2, changed)
        eventually(lambda: serial_at(primary.port) == 2)
        assert rows(transfer(primary.port, zone)) == make.from_file(changed, 2)


def test_an_older_folder_is_told_once_and_changes_nothing(folder: Path):
    shutil.copytree(folder / "versions", folder / "backup")
    with running(folder) as (primary, told):
        make.written(folder, 2, NAMES[1:])
        eventually(lambda: len(told) == 2)
        (folder / "versions").rename(folder / "lost")
        (folder / "backup").rename(folder / "versions")
        eventually(lambda: len(told) == 3)
        time.sleep(0.1)
        assert len(told) == 3
        assert "write a version above 2" in told[2]
        assert serial_at(primary.port) == 2
    with pytest.raises(WentBack), running(folder):
        pass


def test_without_a_key_the_connection_hears_refused(folder: Path):
    with running(folder) as (primary, _told):
        asked = dns.message.make_query(ZONE, "AXFR")
        answer = dns.query.tcp(asked, HERE, port=primary.port, timeout=2)
        assert (answer.rcode(), answer.answer) == (dns.rcode.REFUSED, [])


def test_many_may_transfer_at_once_each_a_whole_list(folder: Path):
    names = [(f"host{number}.site.example", True) for number in range(700)]
    make.written(folder, 2, names)
    found: list[make.Records] = []
    with running(folder) as (primary, _told):
        threads = [
            threading.Thread(target=lambda: found.append(rows(transfer(primary.port))))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        make.written(folder, 3, names[1:])
        for thread in threads:
            thread.join()
    whole = (make.from_file(names, 2), make.from_file(names[1:], 3))
    assert len(found) == 3
    assert all(each in whole for each in found)


def test_resolvers_are_notified_until_they_answer(folder: Path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as resolver:
        resolver.bind((HERE, 0))
        resolver.settimeout(5)
        target = Target(HERE, resolver.getsockname()[1], KEY)
        with running(folder, [target]) as (_primary, told):
            first, _ = resolver.recvfrom(4096)
            again, sender = resolver.recvfrom(4096)  # the first was not answered
            for message in (first, again):
                notice = dns.message.from_wire(message, keyring=KEYRING)
                assert notice.opcode() == dns.opcode.NOTIFY
                assert notice.answer[0][0].serial == 1
            answer = dns.message.make_response(notice)
            resolver.sendto(answer.to_wire(), sender)
            make.written(folder, 2, NAMES[1:])
            notice = dns.message.from_wire(resolver.recv(4096), keyring=KEYRING)
            assert notice.answer[0][0].serial == 2
    assert told[-1] == "serves serial 2, 39 names."


def connect(port: int) -> socket.socket:
    return socket.create_connection((HERE, port), timeout=5)


def test_who_connects_and_says_nothing_is_let_go(folder: Path):
    with running(folder) as (primary, _told), connect(primary.port) as silent:
        silent.send(b"\0")
        assert silent.recv(1) == b""


def test_one_address_holds_so_many_connections_and_no_more(folder: Path):
    patient = Limits(connections_each=4, wait_for_query=5.0)
    with running(folder, limits=patient) as (primary, _told), ExitStack() as held:
        held.enter_context(connect(primary.port))
        for _ in range(3):
            held.enter_context(connect(primary.port))
        time.sleep(0.1)
        with connect(primary.port) as one_more:
            assert one_more.recv(1) == b""
        held.close()
        eventually(lambda: serial_or_none(primary.port) == 1)


def serial_or_none(port: int) -> int | None:
    try:
        return serial_at(port, tcp=True)
    except (OSError, EOFError):
        return None


def test_a_connection_has_so_many_queries_and_no_more(folder: Path):
    _asked, message = make.query("SOA", at=time.time())
    framed = struct.pack(">H", len(message)) + message
    with running(folder) as (primary, _told), connect(primary.port) as channel:
        channel.sendall(framed * 5)
        received = b""
        with suppress(ConnectionResetError):  # by what was sent too much
            while part := channel.recv(65536):
                received += part
    answers = 0
    while received:
        size = struct.unpack(">H", received[:2])[0]
        received = received[2 + size :]
        answers += 1
    assert answers == QUICK.queries_each


@pytest.mark.parametrize("sent", [b"\0\0", b"\xff\xff" + b"x" * 5000, b"\0\5hello"])
def test_nonsense_ends_its_connection_and_nothing_else(folder: Path, sent: bytes):
    with running(folder) as (primary, _told):
        with connect(primary.port) as channel:
            channel.sendall(sent)
            with suppress(ConnectionResetError):
                assert channel.recv(1) == b""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for packet in (b"", sent, sent * 3, b"\x80" * 12, bytes(12)):
                stranger.sendto(packet[:9000], (HERE, primary.port))
        assert serial_at(primary.port) == 1
        assert serial_at(primary.port, tcp=True) == 1


def test_a_port_that_is_taken_is_an_error_at_once(folder: Path):
    with running(folder) as (primary, _told):
        held = make.editions(folder)
        other = Primary(
            held,
            make.answers(held),
            Notifier(ZONE, [], time.time, print),
            address=(HERE, primary.port),
            tell=print,
        )
        with pytest.raises(OSError, match="in use"):
            other.start()
