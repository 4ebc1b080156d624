# SPDX-License-Identifier: Apache-2.0
"""After every call: no content, no hash that was asked for, no address, on disk or in logs."""

import logging
from pathlib import Path

from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller
from hearthline.matcher.webhooks import Hooks


def test_what_is_asked_for_leaves_no_trace(caller: Caller, bank: str, folder: Path, caplog):
    caplog.set_level(logging.DEBUG)
    Hooks(folder / "webhooks.json").add("desk", "http://127.0.0.1:9/hooks")
    known, asked = make.a_hash(1), make.near(make.a_hash(1), 6)
    content, address = make.a_file(5), "https://media.example.org/secret-upload.png"
    hashed = caller.post("/v1/hash", content=content).json()
    caller.post(f"/c/bank/{bank}/signal", json={"pdq": known.hex()})
    near = make.near(bytes.fromhex(hashed["picture"]["pdq"]), 4)
    caller.post(f"/c/bank/{bank}/signal", json={"pdq": near.hex()})

    assert caller.get(f"/m/lookup?signal_type=pdq&signal={asked.hex()}").json()
    assert caller.get(f"/m/raw_lookup?signal_type=pdq&signal={asked.hex()}").json()["matches"]
    assert caller.post("/v1/lookup", json={"hashes": [asked.hex()]}).json()["known"]
    assert caller.post("/m/lookup", files={"photo": ("secret-upload.png", content)}).json()["pdq"]
    assert caller.post("/v1/hash-and-match", content=content).json()["matches"]
    assert caller.get("/h/hash", params={"url": address}).status_code == 400
    assert caller.post("/v1/lookup", content=b"\xff" + content).status_code == 400
    caller.get(f"/c/bank/{asked.hex()}")

    secrets = [
        asked,
        asked.hex().encode(),
        bytes.fromhex(hashed["picture"]["pdq"]),
        hashed["picture"]["pdq"].encode(),
        hashed["digests"]["md5"].encode(),
        content[64:96],
        b"secret-upload",
    ]
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    # The client of this test logs what it asks for; that is its own affair.
    logged = [one.getMessage() for one in caplog.records if one.name != "httpx"]
    told = "\n".join(logged).encode() + caller.get("/metrics").content
    assert known in kept  # what banks hold is found by looking this way
    for secret in secrets:
        assert secret not in kept
        assert secret not in told


def test_metrics_tell_how_much_and_never_what(caller: Caller, bank: str):
    caller.post(f"/c/bank/{bank}/signal", json={"pdq": make.a_hash(1).hex()})
    caller.post("/v1/lookup", json={"hashes": [make.a_hash(1).hex(), make.a_hash(2).hex()]})
    text = caller.get("/metrics").text
    assert 'hearthline_matcher_hashes_matched_total{bank="KNOWN",kind="pdq"}' in text
    assert 'route="/c/bank/{bank_name}/signal"' in text
    assert make.a_hash(1).hex() not in text
