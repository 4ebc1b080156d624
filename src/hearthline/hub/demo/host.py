# SPDX-License-Identifier: Apache-2.0
"""The demonstration's web host: harmless text pages on loopback that can be taken down.

A page exists while its file does. Runs by itself: `python -m hearthline.hub.demo.host`.
"""

import argparse
import html
import re
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_NAME = re.compile(r"[a-z0-9-]{1,60}")


class Pages:
    """The folder of pages: one file a page, named by the last part of its address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put_up(self, name: str) -> None:
        self._path(name).write_text("An invented page of the demonstration.", encoding="utf-8")

    def take_down(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        return bool(_NAME.fullmatch(name)) and self._path(name).exists()

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        return self.folder / name


def server(port: int, pages: Pages) -> ThreadingHTTPServer:
    """A server on 127.0.0.1:`port` that answers for every host name."""

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "demo-host", ""

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

        def _answer(self, *, with_body: bool) -> None:
            name = urlsplit(self.path).path.rstrip("/").rpartition("/")[2]
            found = pages.has(name)
            words = "This is an invented page." if found else "There is nothing here."
            body = f"<!doctype html><title>demo</title><p>{html.escape(words)}</p>".encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if with_body:
                self.wfile.write(body)

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    server(chosen.port, Pages(chosen.folder)).serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
