# SPDX-License-Identifier: Apache-2.0
"""The extension's own check, run by a real JavaScript engine, against the library's."""

import base64
import json
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from hearthline.kit import family
from hearthline.kit.urls import canonicalise, within_scope
from hearthline.kit.urls.prefix_messages import delta, search
from hearthline.kit.urls.prefixes import in_bytes
from hearthline.kit.urls.tests.listed import Entry, listing, page
from hearthline.kit.urls.tests.ordinary import ordinary
from hearthline.kit.urls.tests.spellings import spellings
from hearthline.kit.urls.tests.test_bypass import LISTED

CHECK = Path(family.__file__).parent / "extension" / "check.js"
NODE = compute_driver_executable()[0]
RUN = """
import * as check from "./check.mjs";
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf-8"));
const tried = async (work) => { try { return await work(); } catch (error) { return "refused"; } };
const done = {
  expressions: await Promise.all(
    (given.addresses || []).map((each) => tried(() => check.expressions(each)))),
  lists: await Promise.all((given.answers || []).map(({ held, answer }) => tried(async () =>
    check.base64(check.inBytes(await check.apply(check.fromBytes(check.bytes(held)), answer)))))),
  held: await Promise.all((given.texts || []).map(async (text) =>
    check.holds(check.fromBytes(check.bytes(given.prefixes)), await check.sha256(text)))),
  scopes: given.found ? [...check.scopes(given.found)] : [],
};
process.stdout.write(JSON.stringify(done));
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("extension")
    (made / "check.mjs").write_bytes(CHECK.read_bytes())
    (made / "run.mjs").write_text(RUN, encoding="utf-8")
    return made


def run(folder: Path, **given: Any) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603  our own file, run by the engine the browser tests bring
        [NODE, str(folder / "run.mjs")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def expected(address: str) -> list[list[Any]]:
    return [[text, list(scopes)] for text, scopes in within_scope(canonicalise(address))]


def test_it_reads_ways_round_a_list_as_the_library_does(folder: Path) -> None:
    """A browser hands over the address as it opens it, so the extension reads that form."""
    addresses = [canonicalise(text).href for _, text in spellings(LISTED, 2_000)]
    found = run(folder, addresses=addresses)["expressions"]
    assert found == [expected(each) for each in addresses]


def test_it_reads_ordinary_addresses_as_the_library_does(folder: Path) -> None:
    addresses = list(ordinary(2_000))
    found = run(folder, addresses=addresses)["expressions"]
    assert found == [expected(each) for each in addresses]


def test_it_leaves_alone_what_is_no_web_page(folder: Path) -> None:
    found = run(folder, addresses=["about:blank", "ftp://a.test/", "not an address"])
    assert found["expressions"] == [[], [], "refused"]


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


OLD = listing(*[page(f"http://site{n}.test/page/{n}") for n in range(2_000)], serial=1)
NEW = listing(*[page(f"http://site{n}.test/page/{n}") for n in range(50, 2_300)], serial=2)


def test_it_follows_a_list_by_differences_and_as_a_whole(folder: Path) -> None:
    old = in_bytes(OLD.prefixes.values)
    whole = json.loads(delta(None, NEW.prefixes))
    change = json.loads(delta(OLD.prefixes, NEW.prefixes))
    wrong = change | {"sha256Checksum": whole["version"]}
    short = change | {"additionsFourBytes": change["additionsFourBytes"] | {"encodedData": "AAAA"}}
    lists = run(
        folder,
        answers=[
            {"held": "", "answer": whole},
            {"held": base64_of(old), "answer": change},
            {"held": base64_of(old), "answer": wrong},
            {"held": base64_of(old), "answer": short},
        ],
    )["lists"]
    new = base64_of(in_bytes(NEW.prefixes.values))
    assert lists == [new, new, "refused", "refused"]


def test_it_finds_prefixes_and_reads_the_scopes_behind_them(folder: Path) -> None:
    made = listing(Entry("host", "lagoon.test"), Entry("domain", "reef.test"))
    full = sha256(b"reef.test/").digest()
    found = run(
        folder,
        prefixes=base64_of(in_bytes(made.prefixes.values)),
        texts=["lagoon.test/", "reef.test/", "cove.test/", ""],
        found=json.loads(search(made, [full[:4]], cache_seconds=60)),
    )
    assert found["held"] == [True, True, False, False]
    assert found["scopes"] == [[base64_of(full), "domain"]]
