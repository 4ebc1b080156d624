# SPDX-License-Identifier: Apache-2.0
"""Who is told of matches: addresses, and the secrets that messages to them are signed with.

Standard Webhooks: the receiver verifies `webhook-signature` with the secret it was shown once.
The secret has to be kept here too, to sign with it; the file is its owner's alone to read.
"""

import json
import os
import re
import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from hearthline.kit.formats.webhook import new_secret
from hearthline.kit.urls import AddressRefused, canonicalise
from hearthline.matcher.keys import held, write_private

FILE = "webhooks.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class HookRefused(ValueError):
    """A webhook cannot be kept or read; the text says why."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One receiver. `banks`: only matches in these, or in all; `private`: it may be inside."""

    id: str
    name: str
    url: str
    secret: str
    banks: tuple[str, ...] = ()
    private: bool = False

    def wants(self, bank: str) -> bool:
        """Whether it is told of matches in the bank."""
        return not self.banks or bank in self.banks


class Hooks:
    """The webhooks of a file, read anew when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._hooks: tuple[Hook, ...] = ()

    def all(self) -> tuple[Hook, ...]:
        """Every webhook, oldest first. Raises HookRefused where the file is damaged."""
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            self._seen, self._hooks = None, ()
            return ()
        seen = (status.st_ino, status.st_mtime_ns)
        if seen != self._seen:
            try:
                kept = json.loads(self._path.read_bytes())
                hooks = tuple(Hook(**(one | {"banks": tuple(one["banks"])})) for one in kept)
            except (ValueError, KeyError, TypeError):
                text = f"{self._path} cannot be read; restore it from a backup"
                raise HookRefused(text) from None
            self._hooks = hooks
            self._seen = seen
        return self._hooks

    def add(
        self, name: str, url: str, *, banks: Collection[str] = (), private: bool = False
    ) -> Hook:
        """A new webhook; its secret is shown to nobody again. Raises HookRefused."""
        if _NAME.fullmatch(name) is None:
            raise HookRefused("name: 1 to 64 letters, digits and _ . -")
        _checked(url)
        hook = Hook(secrets.token_hex(8), name, url, new_secret(), tuple(banks), private)
        with held(self._path.with_suffix(".lock")):
            if any(one.name == name for one in self.all()):
                raise HookRefused(f"a webhook named {name!r} exists; remove it first")
            self._write((*self.all(), hook))
        return hook

    def remove(self, name: str) -> None:
        """Tells it nothing more. Raises HookRefused."""
        with held(self._path.with_suffix(".lock")):
            left = tuple(one for one in self.all() if one.name != name)
            if len(left) == len(self.all()):
                raise HookRefused(f"there is no webhook named {name!r}")
            self._write(left)

    def _write(self, hooks: tuple[Hook, ...]) -> None:
        write_private(self._path, json.dumps([asdict(hook) for hook in hooks], indent=1).encode())


def is_loopback(url: str) -> bool:
    """Whether an address names this machine itself, by number."""
    try:
        return ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return False


def _checked(url: str) -> None:
    try:
        target = canonicalise(url)
    except AddressRefused:
        raise HookRefused("url: this is no web address") from None
    if target.scheme != "https" and not is_loopback(url):
        raise HookRefused("url: https only, except to this machine itself (http://127.0.0.1:…)")
