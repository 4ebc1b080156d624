# SPDX-License-Identifier: Apache-2.0
"""A client as platforms write it for Hasher-Matcher-Actioner: it knows nothing of this service."""

from typing import Any, Protocol


class Reply(Protocol):
    status_code: int
    text: str

    def json(self) -> Any: ...


class Sender(Protocol):
    """What `requests.Session` and `httpx.Client` have alike."""

    def request(self, method: str, url: str, **more: Any) -> Reply: ...


class HmaError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class HmaClient:
    def __init__(self, sender: Sender, base: str) -> None:
        self.sender, self.base = sender, base.rstrip("/")

    def alive(self) -> bool:
        reply = self.sender.request("GET", f"{self.base}/status")
        return reply.status_code == 200 and reply.text == "I-AM-ALIVE"

    def hash_file(self, content: bytes, content_type: str = "photo") -> dict[str, str]:
        return self._ask("POST", "/h/hash", files={content_type: ("upload.bin", content)})

    def match_file(self, content: bytes, **params: Any) -> dict[str, dict[str, list[int]]]:
        found = self._ask(
            "POST", "/m/lookup", files={"photo": ("upload.bin", content)}, params=params
        )
        return {
            signal: {bank: [int(m["bank_content_id"]) for m in ms] for bank, ms in banks.items()}
            for signal, banks in found.items()
        }

    def match_hash(self, signal: str, signal_type: str = "pdq", **params: Any) -> dict[str, Any]:
        return self._ask(
            "GET", "/m/lookup", params={"signal": signal, "signal_type": signal_type, **params}
        )

    def raw(self, signal: str, signal_type: str = "pdq") -> dict[int, int]:
        found = self._ask(
            "GET",
            "/m/raw_lookup",
            params={"signal": signal, "signal_type": signal_type, "include_distance": "true"},
        )
        return {m["bank_content_id"]: int(m["distance"]) for m in found["matches"]}

    def distance(self, left: str, right: str) -> int:
        matched, info = self._ask("POST", "/m/compare", json={"pdq": [left, right]})["pdq"]
        assert isinstance(matched, bool)
        return int(info["distance"])

    def ensure_bank(self, name: str) -> None:
        if name not in {bank["name"] for bank in self._ask("GET", "/c/banks")}:
            self._ask("POST", "/c/banks", json={"name": name, "enabled_ratio": 1.0})

    def bank_file(self, bank: str, content: bytes) -> int:
        made = self._ask("POST", f"/c/bank/{bank}/content", files={"photo": ("a.png", content)})
        return int(made["id"])

    def bank_hash(self, bank: str, signals: dict[str, str]) -> int:
        return int(self._ask("POST", f"/c/bank/{bank}/signal", json=signals)["id"])

    def content(self, bank: str, content_id: int) -> dict[str, Any]:
        return self._ask(
            "GET", f"/c/bank/{bank}/content/{content_id}", params={"include_signals": "true"}
        )

    def pause(self, bank: str, content_id: int, until: int) -> None:
        path = f"/c/bank/{bank}/content/{content_id}"
        assert self._ask("PUT", path, json={"disable_until_ts": until})["disable_until_ts"] == until

    def remove(self, bank: str, content_id: int) -> int:
        return int(self._ask("DELETE", f"/c/bank/{bank}/content/{content_id}")["deleted"])

    def index_size(self, signal_type: str = "pdq") -> int:
        told = self._ask("GET", "/m/index/status", params={"signal_type": signal_type})
        return int(told[signal_type]["size"])

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        reply = self.sender.request(method, self.base + path, **more)
        if reply.status_code >= 400:
            raise HmaError(reply.status_code, reply.json()["message"])
        return reply.json()
