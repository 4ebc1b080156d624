# SPDX-License-Identifier: Apache-2.0
"""Calls to an application in this process, as a client makes them over a network."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from hearthline.matcher.door import Door
from hearthline.matcher.routes import ROUTES
from hearthline.matcher.service import Service


class Caller:
    """A client with a key; `service` is what stands behind the application."""

    def __init__(self, folder: Path, *, without_keys: bool = True, key: str = "") -> None:
        self.door = Door(ROUTES, lambda: Service.open(folder, without_keys=without_keys))
        self.service = self.door.start()
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.door),
            base_url="http://matcher.test",
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self.door.close()
        self._runner.close()

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, path, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.call("POST", path, **more)

    def put(self, path: str, **more: Any) -> httpx.Response:
        return self.call("PUT", path, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.call("DELETE", path, **more)

    def run(self, awaitable: Any) -> Any:
        return self._runner.run(awaitable)
