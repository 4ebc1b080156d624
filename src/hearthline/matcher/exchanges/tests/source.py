# SPDX-License-Identifier: Apache-2.0
"""Sources of invented hashes on the loopback, which page, fail and lie as they are told."""

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.sax.saxutils import escape

T0 = 1_700_000_000
AT = datetime.fromtimestamp(T0 + 1_000_000, tz=UTC)
BEGIN = datetime.fromtimestamp(T0 - 1000, tz=UTC)


def pdq(number: int) -> str:
    return hashlib.sha256(b"pdq %d" % number).hexdigest()


def md5(number: int) -> str:
    return hashlib.md5(b"%d" % number, usedforsecurity=False).hexdigest()


@dataclass
class Asked:
    """One request: path, query as plain values, headers."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class Reply:
    """One answer. `cut` sends that many octets less than announced; `drip` waits between octets;
    `chunked` sends no length."""

    body: bytes = b""
    status: int = 200
    type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    drip: float = 0.0
    chunked: bool = False


class Source:
    """A server whose `answer` is a function from `Asked` to `Reply`."""

    def __init__(self) -> None:
        self.answer: Callable[[Asked], Reply] = lambda asked: Reply(status=404)
        self.asked: list[Asked] = []
        source = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {k: v[-1] for k, v in parse_qs(parts.query).items()}
                asked = Asked(parts.path, query, dict(self.headers.items()))
                source.asked.append(asked)
                with contextlib.suppress(OSError):
                    source._send(self, source.answer(asked))

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/base"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        handler.send_response(reply.status)
        handler.send_header("Content-Type", reply.type)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if reply.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            for start in range(0, len(reply.body), 1000):
                piece = reply.body[start : start + 1000]
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if not reply.cut:
                handler.wfile.write(b"0\r\n\r\n")
        else:
            if "Content-Length" not in reply.headers:
                handler.send_header("Content-Length", str(len(reply.body)))
            handler.end_headers()
            body = reply.body[: len(reply.body) - reply.cut]
            if reply.drip:
                for octet in body:
                    handler.wfile.write(bytes([octet]))
                    time.sleep(reply.drip)
            else:
                handler.wfile.write(body)
        handler.close_connection = True


@contextlib.contextmanager
def running() -> Iterator[Source]:
    source = Source()
    try:
        yield source
    finally:
        source.close()


class Shared:
    """What the three invented sources share: items in order of time, some of which break the
    page they are on, and answers said for given turns."""

    def __init__(self) -> None:
        self.items: list[tuple[int, object]] = []
        self.breaks: set[int] = set()  # positions in `items`
        self.keeps_cursor = True  # a broken page still shows where the next one is
        self.instead: dict[int, Reply] = {}  # by number of request, from 1
        self.turn = 0

    def __call__(self, asked: Asked) -> Reply:
        self.turn += 1
        if self.turn in self.instead:
            return self.instead[self.turn]
        return self.reply(asked)

    def reply(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def slice(
        self, start: int, offset: int, size: int, end: float = float("inf")
    ) -> tuple[list, bool, bool]:
        """Items of that part, whether there are more, whether one of them breaks the page."""
        chosen = [(n, item) for n, (when, item) in enumerate(self.items) if start <= when <= end]
        part = chosen[offset : offset + size]
        broken = any(n in self.breaks for n, _ in part)
        return [item for _, item in part], offset + size < len(chosen), broken


class FakeStopNcii(Shared):
    def add(self, when: int, value: str, **more: object) -> None:
        record = {
            "lastModtimestamp": when,
            "hashValue": value,
            "hashStatus": "Active",
            "caseNumbers": {f"case-{when}": "Active"},
            "signalType": "ImagePDQ",
        }
        self.items.append((when, {**record, **more}))

    def reply(self, asked: Asked) -> Reply:
        start, size = int(asked.query["startTimestamp"]), int(asked.query["pageSize"])
        offset = 0
        if token := asked.query.get("nextPageToken"):
            start, offset = (int(part) for part in token.split("-"))
        records, more, broken = self.slice(start, offset, size)
        times = [when for when, _ in self.items if when >= start]
        document = {
            "count": len(records),
            "nextPageToken": f"{start}-{offset + size}" if more else None,
            "nextSetTimestamp": max(times, default=start),
            "hasMoreRecords": more,
            "hashRecords": records,
        }
        body = json.dumps(document).encode()
        if broken:
            body = body[:-20] if self.keeps_cursor else body[60:-20]
        return Reply(body)


class FakeThreatExchange(Shared):
    def add(self, when: int, identity: int, value: str, **more: object) -> None:
        descriptor = {
            "owner": {"id": "77", "name": "Example Platform"},
            "status": "MALICIOUS",
            "tags": {"data": [{"id": "1", "text": "example"}]},
        }
        item = {
            "id": str(identity),
            "indicator": value,
            "type": "HASH_PDQ",
            "last_updated": when,
            "should_delete": False,
            "descriptors": {"data": [descriptor]},
        }
        self.items.append((when, {**item, **more}))

    def reply(self, asked: Asked) -> Reply:
        start, size = int(asked.query["start_time"]), int(asked.query["limit"])
        offset = int(asked.query.get("after", "0"))
        items, more, broken = self.slice(start, offset, size)
        document: dict[str, object] = {"data": items, "paging": {}}
        if more:
            following = {**asked.query, "after": str(offset + size)}
            document["paging"] = {
                "cursors": {"after": str(offset + size)},
                "next": f"https://elsewhere.invalid{asked.path}?{urlencode(following)}",
            }
        body = json.dumps(document).encode()
        if broken:
            body = b"{" + body[9:] if self.keeps_cursor else body[9:-300]
        return Reply(body)


class FakeNcmec(Shared):
    size = 3

    def add(
        self,
        when: int,
        identity: str,
        *,
        member: int = 42,
        tag: str = "image",
        extra: str = "",
        **hashes: str,
    ) -> None:
        written = datetime.fromtimestamp(when, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        prints = "".join(f"<{kind}>{value}</{kind}>" for kind, value in hashes.items())
        item = (
            f'<{tag}><member id="{member}">Example Member</member>'
            f"<timestamp>{written}</timestamp><id>{identity}</id>"
            f"<classification>A1</classification>"
            f"<fingerprints>{prints}</fingerprints>{extra}</{tag}>"
        )
        self.items.append((when, item))

    def reply(self, asked: Asked) -> Reply:
        first, last = (
            int(
                datetime.strptime(asked.query[k], "%Y-%m-%dT%H:%M:%SZ")
                .replace(tzinfo=UTC)
                .timestamp()
            )
            for k in ("from", "to")
        )
        offset = int(asked.query.get("start", "1")) - 1
        items, more, broken = self.slice(first, offset, self.size, last)
        paging = ""
        if more:
            following = {**asked.query, "start": str(offset + self.size + 1), "size": "3"}
            paging = f"<paging><next>/v2/entries?{escape(urlencode(following))}</next></paging>"
        images = "".join(i for i in items if "mage>" in i[:16])
        videos = "".join(i for i in items if "ideo>" in i[:16])
        body = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">'
            f'<images count="1" maxTimestamp="2017-10-24T15:10:00Z">{images}</images>'
            f"<videos>{videos}</videos>{paging}</queryResult>"
        )
        if broken:
            body = body.replace("</queryResult>", "") if self.keeps_cursor else body[:300]
        return Reply(body.encode(), type="application/xml")
