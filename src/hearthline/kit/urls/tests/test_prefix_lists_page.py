# SPDX-License-Identifier: Apache-2.0
"""The reader in docs/prefix-lists.md, run as it stands against a door on the loopback."""

import base64
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hearthline.kit.blocking import ListVersion, manifest
from hearthline.kit.urls.prefix_messages import delta, search
from hearthline.kit.urls.prefixes import in_bytes
from hearthline.kit.urls.tests.listed import Entry, listing
from hearthline.kit.urls.tests.loopback import hosting

PAGE = Path(__file__).resolve().parents[5] / "docs" / "prefix-lists.md"
OK = b"HTTP/1.1 200 OK\r\n\r\n"


def test_the_reader_on_the_page_works_as_it_stands(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    (tmp_path / "network.key").write_text("the key of this network\n")
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    (tmp_path / "list.pub").write_text(public)
    published = listing(Entry("domain", "example.org"), serial=7)
    raw = in_bytes(published.prefixes.values)
    prefix = sha256(b"example.org/").digest()[:4]
    version = ListVersion(7, datetime(2026, 11, 22, tzinfo=UTC), [])
    with hosting() as door:
        door.answers = {
            "/blocklist/prefixes/?version=": OK + delta(None, published.prefixes),
            "/blocklist/7/manifest.json": OK + manifest(version, {"prefixes.bin": raw}, key),
            f"/blocklist/hashes/?prefix={prefix.hex()}": OK
            + search(published, [prefix], cache_seconds=60),
        }
        again = base64.b64encode(published.prefixes.version).decode()
        for spelling in (again, again.replace("=", "%3D")):
            path = f"/blocklist/prefixes/?version={spelling}"
            door.answers[path] = OK + delta(published.prefixes, published.prefixes)
        code = code.replace("https://partners.example.org", door.url("", "127.0.0.1"))
        code = code.replace("/etc/hearthline", str(tmp_path)).replace(
            "/var/lib/hearthline", str(tmp_path)
        )
        said: dict[str, Any] = {}
        exec(compile(code, str(PAGE), "exec"), said)  # noqa: S102  the page's own code
        said["site"].close()
    assert said["match"].scope == "domain"
    assert said["client"].serial == 7
    assert all(b"Bearer the key of this network" in request for request in door.requests)
    assert not any(b"some" in request for request in door.requests)
