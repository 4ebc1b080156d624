# SPDX-License-Identifier: Apache-2.0
"""The DNS block list at a nation's size: transfers beside a plain dnspython primary, and resolvers.

The primary runs as its own process, as operators start it. Every entry is a domain with all below
it: two records. All names are invented. Settings, from the environment:

    HEARTHLINE_DNS_ENTRIES    entries of the list (1000000)
    HEARTHLINE_DNS_PLAIN      entries the plain primary serves; its time is extrapolated (20000)
    HEARTHLINE_DNS_RESOLVERS  which resolvers follow the list (bind,pdns,unbound); empty for none
"""

import hmac
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dns.message
import dns.rrset
import dns.tsig
import dns.zone
from tests.resolvers import programs
from tests.resolvers.authority import ORDINARY, Authority
from tests.resolvers.programs import HERE, Place

from hearthline.kit.dns import tsig, wire, write_version
from hearthline.kit.formats import rpz

ENTRIES = int(os.environ.get("HEARTHLINE_DNS_ENTRIES", "1000000"))
PLAIN = int(os.environ.get("HEARTHLINE_DNS_PLAIN", "20000"))
RESOLVERS = os.environ.get("HEARTHLINE_DNS_RESOLVERS", "bind,pdns,unbound")
ZONE, CANARY, STOP = "block.example", "canary.example.org", "192.0.2.80"
KEY = tsig.Key("isp.example", b"0123456789abcdef0123456789abcdef")
CHANGED = 1000
ROUNDS = 3


def names(count: int) -> list[tuple[str, bool]]:
    """So many invented domains."""
    return [(f"host{number}.site{number % 5003}.invalid", True) for number in range(count)]


@dataclass
class Primary:
    """The primary as its own process."""

    folder: Path
    port: int
    process: "subprocess.Popen[str]"
    ready: float

    @property
    def peak(self) -> float:
        """Most memory it ever had, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024 / 1e6


@contextmanager
def primary(folder: Path, notify: list[int]) -> Iterator[Primary]:
    key_file = folder / "keys"
    key_file.touch(0o600)
    key_file.write_text(KEY.text())
    command = ["blocklist", "serve-dns", "--folder", str(folder), "--zone", ZONE]
    command += ["--canary", CANARY, "--stop-address", STOP, "--key-file", str(key_file)]
    command += ["--listen", f"{HERE}@0", "--keyless", f"{HERE}/32"]
    for port in notify:
        command += ["--notify", f"{HERE}@{port}"]
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "hearthline.cli", *command], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        while not (found := re.search(r"served on \S+@(\d+)\.$", process.stderr.readline())):
            assert process.poll() is None
        ready = time.perf_counter() - began
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield Primary(folder, int(found[1]), process, ready)
    finally:
        process.terminate()
        process.wait(10)


@dataclass
class Transfer:
    """What a transfer took: seconds, bytes, records."""

    seconds: float
    size: int
    records: int


def transfer(port: int, kind: str, serial: int = 0, *, verify: bool, expected: int = 0) -> Transfer:
    """A transfer to its last message, or to the records expected of a primary that compresses.

    `verify` checks every signature, and is not for timing.
    """
    query = dns.message.make_query(ZONE, kind)
    if kind == "IXFR":
        held = f". . {serial} 0 0 0 0"
        query.authority.append(dns.rrset.from_text(ZONE + ".", 0, "IN", "SOA", held))
    query.use_tsig(dns.tsig.Key(KEY.name, KEY.secret, "hmac-sha256"))
    message = query.to_wire()
    mac = query.mac
    size = records = 0
    soa = b""
    began = time.perf_counter()
    with socket.create_connection((HERE, port)) as channel, channel.makefile("rb", 1 << 20) as file:
        channel.sendall(struct.pack(">H", len(message)) + message)
        over = False
        while not over:
            (length,) = struct.unpack(">H", file.read(2))
            part = file.read(length)
            count = wire.HEADER.unpack_from(part)[3]
            if verify:
                mac = verified(part, mac, first=not soa)
            # It ends with the SOA record it began with; who is up to date gets that alone.
            over = last_soa(part) == soa if soa else kind == "IXFR" and count == 1
            if not soa:
                soa = first_record(part)
                over = over or (count > 1 and last_soa(part) == soa)
            size += length
            records += count
            over = records >= expected if expected else over
    return Transfer(time.perf_counter() - began, size, records)


def first_record(message: bytes) -> bytes:
    """The first record of the answer, which is the zone's SOA."""
    record = wire.records(message, wire.end_of_name(message, 12) + 4, 1)[0]
    return message[record.owner : record.end]


def last_soa(message: bytes) -> bytes:
    """The last record of the answer, if it is the zone's SOA; else something longer, or nothing."""
    end = message.rfind(KEY.wire_name + b"\x00\xfa")  # the TSIG record
    found = message.rfind(b"\xc0\x0c\x00\x06", 0, end)
    return message[found:end] if found >= 0 else b""


def verified(message: bytes, mac: bytes, *, first: bool) -> bytes:
    """The MAC of the message, which must hold: RFC 8945 section 5.3.1."""
    place = message.rfind(KEY.wire_name + b"\x00\xfa")
    data = message[place + len(KEY.wire_name) + 10 :]
    algorithm = wire.name("hmac-sha256")
    times, signed = data[len(algorithm) :][:8], data[len(algorithm) + 10 :][:32]
    count = struct.pack(">H", wire.HEADER.unpack_from(message)[5] - 1)
    plain = message[:10] + count + message[12:place]
    rest = KEY.wire_name + b"\0\xff\0\0\0\0" + algorithm + times + bytes(4) if first else times
    text = struct.pack(">H", len(mac)) + mac + plain + rest
    expected = hmac.digest(KEY.secret, text, "sha256")
    assert expected == signed, "a signature does not hold"
    return signed


def plain_primary(folder: Path, count: int) -> tuple[float, float]:
    """Seconds to load and to serve so many entries with dnspython alone, over a socket."""
    text = rpz.zone_file(names(count), zone=ZONE, serial=1, canary=CANARY, stop_addresses=[STOP])
    began = time.perf_counter()
    zone = dns.zone.from_text(text.decode(), origin=ZONE, relativize=False)
    load = time.perf_counter() - began
    listening = socket.create_server((HERE, 0))
    threading.Thread(target=serve_plainly, args=(listening, zone), daemon=True).start()
    took = transfer(listening.getsockname()[1], "AXFR", verify=False, expected=2 * count + 5)
    listening.close()
    return load, took.seconds


def serve_plainly(listening: socket.socket, zone: dns.zone.Zone) -> None:
    channel, _sender = listening.accept()
    with channel, channel.makefile("rb") as file:
        (length,) = struct.unpack(">H", file.read(2))
        keyring = dns.tsig.Key(KEY.name, KEY.secret, "hmac-sha256")
        query = dns.message.from_wire(file.read(length), keyring=keyring)
        soa = dns.rrset.from_rdata(
            zone.origin, 60, zone.get_rdataset(zone.origin, "SOA", create=False)[0]
        )
        context = None
        message, size = dns.message.make_response(query), 0

        def flush() -> None:
            nonlocal context, message, size
            data = message.to_wire(max_size=65535, multi=True, tsig_ctx=context)
            context = message.tsig_ctx
            channel.sendall(struct.pack(">H", len(data)) + data)
            message, size = dns.message.make_response(query), 0

        message.answer.append(soa)
        for name, node in zone.nodes.items():
            for rdataset in node:
                if rdataset.rdtype == dns.rdatatype.SOA:
                    continue
                rrset = dns.rrset.from_rdata_list(name, rdataset.ttl, list(rdataset))
                message.answer.append(rrset)
                size += len(name.to_wire()) + 16
                if size > 55_000:
                    flush()
        message.answer.append(soa)
        flush()


def changed(listed: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    step = max(1, len(listed) // CHANGED)
    return [*listed, *((f"new{number}.of{number * step}.test", True) for number in range(CHANGED))]


def follow(name: str, folder: Path, listed: list[tuple[str, bool]]) -> None:
    """How long a resolver takes to have the list, to block a new entry and to lift it."""
    run = folder / name
    run.mkdir()
    port = programs.free_port()
    at = datetime.now(UTC)
    entry = ("wrongly.bad-shop.example", True)
    with Authority() as authority, primary(folder, [port]) as served:
        secret = b64encode(KEY.secret).decode()
        place = Place(run, port, served.port, authority.port, KEY.text(), secret)
        program = getattr(programs, name)("transfer", place)
        began = time.perf_counter()
        program.start()
        try:
            program.soon(CANARY, "A", {STOP}, 600)
            ready = time.perf_counter() - began
            told: list[tuple[bool, float, float, float]] = []
            for _turn in range(ROUNDS):
                for names_now, wanted in (([*listed, entry], STOP), (listed, ORDINARY["A"])):
                    program.says(entry[0])  # what it says now is in its caches
                    began, spent = time.perf_counter(), program.processor_seconds()
                    serial = served_serial(folder) + 1
                    write_version(folder, serial, names_now, at)
                    written = time.perf_counter()
                    program.soon(entry[0], "A", {wanted}, 120)
                    done = time.perf_counter()
                    spent = program.processor_seconds() - spent
                    told.append((wanted == STOP, done - written, done - began, spent))
            for what, blocking in (("blocked", True), ("lifted", False)):
                some = [each[1:] for each in told if each[0] == blocking]
                after, whole, spent = (max(each[place] for each in some) for place in range(3))
                print(
                    f"{name:8} {what:8} {after:6.2f} s after the version is there (aim <= 5), "
                    f"{whole:6.2f} s with writing it, {spent:5.2f} s of processor by then; "
                    f"worst of {ROUNDS}"
                )
            print(f"{name:8} {'ready':8} {ready:6.1f} s after its start")
        finally:
            program.stop()


def served_serial(folder: Path) -> int:
    return max(int(path.name) for path in (folder / "versions").iterdir() if path.name.isdecimal())


def main() -> None:
    at = datetime.now(UTC)
    listed = names(ENTRIES)
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        began = time.perf_counter()
        write_version(folder, 1, listed, at)
        print(f"{ENTRIES:,} entries written in {time.perf_counter() - began:.1f} s")
        with primary(folder, []) as served:
            print(f"primary ready after {served.ready:.1f} s, peak {served.peak:,.0f} MB")
            checked = transfer(served.port, "AXFR", verify=True)
            assert checked.records == 2 * ENTRIES + 5
            whole = [transfer(served.port, "AXFR", verify=False) for _ in range(ROUNDS)]
            slowest = max(each.seconds for each in whole)
            print(
                f"AXFR {whole[0].size / 1e6:,.1f} MB, {whole[0].records:,} records, every message "
                f"signed: slowest of {ROUNDS} {slowest:.2f} s (aim <= 3); peak {served.peak:,.0f} "
                "MB (aim <= 300)"
            )
            transfer_incrementally(folder, served, listed, whole[0].size)
            load, plain = plain_primary(folder, min(PLAIN, ENTRIES))
            scale = ENTRIES / min(PLAIN, ENTRIES)
            print(
                f"dnspython alone, {min(PLAIN, ENTRIES):,} entries: loads in {load:.1f} s, serves "
                f"in {plain:.2f} s; for {ENTRIES:,} entries extrapolated {load * scale:,.0f} s and "
                f"{plain * scale:,.0f} s: {plain * scale / slowest:,.0f} times as long (aim >= 50)"
            )
        for name in filter(None, RESOLVERS.split(",")):
            follow(name, folder, listed)


def transfer_incrementally(
    folder: Path, served: Primary, listed: list[tuple[str, bool]], whole: int
) -> None:
    write_version(folder, 2, changed(listed), datetime.now(UTC))
    written = time.perf_counter()
    while (found := transfer(served.port, "IXFR", 1, verify=True)).records == 1:
        time.sleep(0.01)
    print(
        f"IXFR of {CHANGED:,} entries, {found.records:,} records: {found.size / 1e3:.1f} kB "
        f"(aim <= 100), 1/{whole / found.size:,.0f} of the AXFR (aim 1/500), had "
        f"{time.perf_counter() - written:.2f} s after the version was there; peak "
        f"{served.peak:,.0f} MB"
    )


if __name__ == "__main__":
    main()
