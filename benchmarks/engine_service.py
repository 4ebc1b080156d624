# SPDX-License-Identifier: Apache-2.0
"""The matching service over HTTP beside the thinnest Flask route around threatexchange's PDQIndex.

Both run two worker processes over the same invented hashes and are asked by the same client over
kept connections; they take turns, and the median round counts. `a second` is by the clock, client
included; `a CPU second` is by the processor time of the server's processes alone, which other work
on the machine disturbs less. Settings, from the environment:

    HEARTHLINE_SIZE         how many hashes are known (1000000)
    HEARTHLINE_ROUNDS       how often each takes its turn (5)
    HEARTHLINE_PEER_PYTHON  a Python that has threatexchange, flask and gunicorn (this one)
"""

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.ending import end_cleanly
from benchmarks.engine_pictures import jpegs
from hearthline.kit.matching.banks import HashKind, Library
from hearthline.matcher.keys import Keys, Scope

SIZE = int(os.environ.get("HEARTHLINE_SIZE", "1000000"))
ROUNDS = int(os.environ.get("HEARTHLINE_ROUNDS", "5"))
PEER_PYTHON = os.environ.get("HEARTHLINE_PEER_PYTHON", sys.executable)
CONNECTIONS = 4
WORKERS = 2
BATCH, LARGE_BATCH = 1_000, 10_000
_TICKS = os.sysconf("SC_CLK_TCK")

Hashes = NDArray[np.uint8]


@dataclass
class Server:
    """A running server and how it is asked."""

    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    headers: str = ""

    def cpu(self) -> float:
        """CPU seconds of all its processes so far."""
        total = 0
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[2]) == self.process.pid:  # its process group
                    total += int(fields[11]) + int(fields[12])
        return total / _TICKS

    def request(self, method: str, path: str, body: bytes = b"", kind: str = "") -> bytes:
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
        if self.headers:
            lines.append(self.headers)
        if body:
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass
class Contender:
    """One way of asking one server: its requests and how many items each holds."""

    name: str
    server: Server
    requests: Sequence[bytes]
    items: int
    by_clock: list[float] = field(default_factory=list)
    by_cpu: list[float] = field(default_factory=list)

    def turn(self) -> None:
        cpu, begun = self.server.cpu(), time.perf_counter()
        shares = [self.requests[start::CONNECTIONS] for start in range(CONNECTIONS)]
        threads = [threading.Thread(target=ask, args=(self.server.port, one)) for one in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took, used = time.perf_counter() - begun, self.server.cpu() - cpu
        done = self.items * len(self.requests)
        self.by_clock.append(done / took)
        self.by_cpu.append(done / max(used, 1 / _TICKS))


def main() -> None:
    end_cleanly()
    chance = np.random.default_rng(5)
    known = chance.integers(0, 256, (SIZE, 32), np.uint8)
    pictures = jpegs(16, 0.8)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "known.npy", known)
        with ours(folder / "state", known) as server, peer(folder) as other:
            print(f"{SIZE:,} hashes, {WORKERS} workers, {CONNECTIONS} connections", flush=True)
            check_equal(server, other, asked(known, chance, 200))
            print(f"{'':44}{'a second':>12}{'a CPU second':>14}{'ratio':>16}")
            single(server, other, asked(known, chance, 2_000))
            batches(server, other, asked(known, chance, LARGE_BATCH))
            files(server, other, pictures)


def single(server: Server, other: Server, queries: Hashes) -> None:
    paths = [f"/m/lookup?signal_type=pdq&signal={row.tobytes().hex()}" for row in queries]
    compare(
        Contender("one hash, peer", other, [other.request("GET", p) for p in paths[:400]], 1),
        Contender("one hash, as HMA", server, [server.request("GET", p) for p in paths], 1),
    )


def batches(server: Server, other: Server, queries: Hashes) -> None:
    def body(rows: Hashes) -> bytes:
        return json.dumps({"hashes": [row.tobytes().hex() for row in rows]}).encode()

    some = [body(queries[start : start + BATCH]) for start in range(0, 4 * BATCH, BATCH)]
    kind, octets = "application/json", "application/octet-stream"
    in_json = [server.request("POST", "/v1/lookup", one, kind) for one in some]
    large = server.request("POST", "/v1/lookup", body(queries), kind)
    packed = server.request(
        "POST", "/v1/lookup", queries.tobytes(), f"{octets}\r\nAccept: {octets}"
    )
    compare(
        Contender(f"{BATCH:,} a call, peer", other,
                  [other.request("POST", "/batch", one, kind) for one in some], BATCH),
        Contender(f"{BATCH:,} a call, JSON", server, in_json * 4, BATCH),
        Contender(f"{LARGE_BATCH:,} a call, JSON", server, [large] * 4, LARGE_BATCH),
        Contender(f"{LARGE_BATCH:,} a call, rows of bytes", server, [packed] * 8, LARGE_BATCH),
    )  # fmt: skip


def files(server: Server, other: Server, pictures: Sequence[bytes]) -> None:
    mark = "a-boundary-that-no-picture-holds"
    kind = f"multipart/form-data; boundary={mark}"
    forms = [
        f'--{mark}\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'.encode()
        + one
        + f"\r\n--{mark}--\r\n".encode()
        for one in pictures
    ]
    as_hma = [server.request("POST", "/m/lookup", one, kind) for one in forms]
    whole = [
        server.request("POST", "/v1/hash-and-match?fast=true", one, "image/jpeg")
        for one in pictures
    ]
    compare(
        Contender("a picture of 0.8 MP, peer", other,
                  [other.request("POST", "/m/lookup", one, kind) for one in forms], 1),
        Contender("a picture, exact, as HMA", server, as_hma * 4, 1),
        Contender("a picture, fast, all in one answer", server, whole * 4, 1),
    )  # fmt: skip


def compare(*contenders: Contender) -> None:
    """The first one is the peer."""
    for contender in contenders:
        ask(contender.server.port, contender.requests[:2])
    for _ in range(ROUNDS):
        for contender in contenders:
            contender.turn()
    peer_clock = statistics.median(contenders[0].by_clock)
    peer_cpu = statistics.median(contenders[0].by_cpu)
    for contender in contenders:
        clock, cpu = statistics.median(contender.by_clock), statistics.median(contender.by_cpu)
        ratio = f"{clock / peer_clock:.1f}x / {cpu / peer_cpu:.1f}x"
        print(f"{contender.name:44}{clock:12,.0f}{cpu:14,.0f}{ratio:>16}", flush=True)


def ask(port: int, requests: Sequence[bytes]) -> list[bytes]:
    """The bodies of the answers, over one kept connection."""
    bodies = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            connection.sendall(request)
            bodies.append(answered(connection))
    return bodies


def answered(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    if b" 200 " not in lines[0]:
        raise RuntimeError(f"{lines[0].decode()}: {body[:300]!r}")
    length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    pieces, left = [body], length - len(body)
    while left > 0:
        pieces.append(more(connection))
        left -= len(pieces[-1])
    return b"".join(pieces)


def more(connection: socket.socket) -> bytes:
    piece = connection.recv(1 << 18)
    if not piece:
        raise RuntimeError("the server closed the connection")
    return piece


def check_equal(server: Server, other: Server, queries: Hashes) -> None:
    """Both must find the same, or the comparison means nothing."""
    paths = [f"/m/lookup?signal_type=pdq&signal={row.tobytes().hex()}" for row in queries]
    here = ask(server.port, [server.request("GET", path) for path in paths])
    there = ask(other.port, [other.request("GET", path) for path in paths])
    for one, another in zip(here, there, strict=True):
        near = sorted(int(each["distance"]) for each in json.loads(one).get("KNOWN", []))
        if near != sorted(int(each["distance"]) for each in json.loads(another)["KNOWN"]):
            raise RuntimeError("the two do not find the same")


def asked(known: Hashes, chance: np.random.Generator, count: int) -> Hashes:
    """Half of them within 31 bits of a known hash, half invented."""
    queries = chance.integers(0, 256, (count, 32), np.uint8)
    near = known[chance.integers(0, len(known), count // 2)]
    for place, row in enumerate(near):
        bits = np.unpackbits(row)
        bits[chance.choice(256, place % 32, replace=False)] ^= 1
        queries[2 * place] = np.packbits(bits)
    return queries


@contextmanager
def ours(folder: Path, known: Hashes) -> Iterator[Server]:
    at = datetime.now(UTC)
    with Library(folder / "banks") as library:
        bank = library.create_bank("KNOWN", by="benchmark", at=at)
        bank.add_array(HashKind.PDQ, known, source="invented", by="benchmark", at=at)
        bank.merge()
    key = Keys(folder / "keys.json").make("benchmark", list(Scope), at=at, rate=1e6)
    port = free_port()
    command = [sys.executable, "-m", "hearthline.cli", "matcher", "--folder", str(folder)]
    command += ["serve", "--port", str(port), "--workers", str(WORKERS)]
    with running("hearthline", command, port, {}) as server:
        server.headers = f"Authorization: Bearer {key}"
        yield server


@contextmanager
def peer(folder: Path) -> Iterator[Server]:
    port = free_port()
    command = [PEER_PYTHON, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--preload"]
    # Threads keep connections open, as its plain workers do not: one at a time in each process.
    command += ["--workers", str(WORKERS), "--worker-class", "gthread", "--threads", "2"]
    command += ["--timeout", "600", "benchmarks.engine_service_peer:app"]
    environment = {"SERVICE_KNOWN": str(folder / "known.npy"), "OMP_NUM_THREADS": "1"}
    with running("peer", command, port, environment) as server:
        yield server


@contextmanager
def running(
    name: str, command: list[str], port: int, environment: dict[str, str]
) -> Iterator[Server]:
    process = subprocess.Popen(command, env=os.environ | environment, start_new_session=True)
    try:
        wait_for(lambda: is_up(port), process)
        yield Server(name, port, process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def wait_for(done: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 900
    while not done():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("a server did not start")
        time.sleep(0.2)


def is_up(port: int) -> bool:
    try:
        return bool(ask(port, [b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"]))
    except (OSError, RuntimeError):
        return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


if __name__ == "__main__":
    if shutil.which(PEER_PYTHON) is None:
        sys.exit(f"{PEER_PYTHON}: there is no such Python")
    main()
