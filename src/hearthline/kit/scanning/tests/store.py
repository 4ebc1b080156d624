# SPDX-License-Identifier: Apache-2.0
"""A store on this machine that speaks as much S3 as a scan needs: list pages, and read ranges."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PAGE = 3


class Store(ThreadingHTTPServer):
    """One bucket, `bucket`. `busy` answers of each object are 503 before it is given."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.objects = dict(objects)
        self.busy: dict[str, int] = {}
        self.asked: list[str] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        self.server.asked.append(path)
        if path.rstrip("/") == "/bucket":
            self._list({key: values[0] for key, values in parse_qs(parts.query).items()})
        else:
            self._object(path.removeprefix("/bucket/"))

    def _list(self, asked: Mapping[str, str]) -> None:
        keys = sorted(key for key in self.server.objects if key.startswith(asked.get("prefix", "")))
        keys = [key for key in keys if key > asked.get("continuation-token", "")]
        page, more = keys[:PAGE], len(keys) > PAGE
        items = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.server.objects[key])}</Size>"
            "<LastModified>2026-03-01T12:00:00.000Z</LastModified><ETag>x</ETag></Contents>"
            for key in page
        )
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        body = (
            f"<ListBucketResult><Name>bucket</Name><KeyCount>{len(page)}</KeyCount>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{items}</ListBucketResult>"
        )
        self._send(200, body.encode())

    def _object(self, key: str) -> None:
        if key not in self.server.objects:
            self._send(404, b"<Error><Code>NoSuchKey</Code></Error>")
        elif self.server.busy.get(key, 0) > 0:
            self.server.busy[key] -= 1
            self._send(503, b"<Error><Code>SlowDown</Code></Error>")
        else:
            content = self.server.objects[key]
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if wanted is None:
                self._send(200, content)
                return
            start = int(wanted[1])
            end = min(int(wanted[2] or len(content)), len(content) - 1)
            told = {"Content-Range": f"bytes {start}-{end}/{len(content)}"}
            self._send(206, content[start : end + 1], told)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, code: int, body: bytes, headers: Mapping[str, str] = {}) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_what: object) -> None:
        """Says nothing."""


@contextmanager
def running(objects: Mapping[str, bytes]) -> Iterator[Store]:
    with Store(objects) as store:
        thread = threading.Thread(target=store.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield store
        finally:
            store.shutdown()
            thread.join()
