# SPDX-License-Identifier: Apache-2.0
"""`/c`: banks and what they hold, in the shapes clients expect."""

import time

import pytest

from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller


def test_there_is_no_bank_at_first(caller: Caller):
    answer = caller.get("/c/banks")
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_bank_is_created_and_listed(caller: Caller):
    answer = caller.post("/c/banks", json={"name": "MY_BANK_01"})
    assert answer.status_code == 201
    assert answer.json() == {"name": "MY_BANK_01", "matching_enabled_ratio": 1.0}
    assert caller.get("/c/banks").json() == [answer.json()]
    assert caller.get("/c/bank/MY_BANK_01").json() == answer.json()


@pytest.mark.parametrize("name", ["01_BANK", "my_bank", "", "A" * 65, 5])
def test_a_name_that_clients_do_not_use_is_refused(caller: Caller, name: object):
    assert caller.post("/c/banks", json={"name": name}).status_code == 400


def test_a_bank_is_not_created_twice(caller: Caller, bank: str):
    answer = caller.post("/c/banks", json={"name": bank})
    assert (answer.status_code, answer.json()) == (403, {"message": "Bank already exists"})


def test_a_bank_without_a_name_is_refused(caller: Caller):
    answer = caller.post("/c/banks", json={})
    assert (answer.status_code, answer.json()) == (400, {"message": "name is required"})


@pytest.mark.parametrize(
    ("asked", "share"),
    [({"enabled": False}, 0), ({"enabled_ratio": 0.5}, 0.5), ({"enabled": "true"}, 1)],
)
def test_a_bank_takes_part_in_a_share(caller: Caller, bank: str, asked: dict, share: float):
    answer = caller.put(f"/c/bank/{bank}", json=asked)
    assert answer.json() == {"name": bank, "matching_enabled_ratio": share}


def test_a_share_beyond_all_is_refused(caller: Caller, bank: str):
    assert caller.put(f"/c/bank/{bank}", json={"enabled_ratio": 1.5}).status_code == 400
    assert caller.put(f"/c/bank/{bank}", json={"enabled": "perhaps"}).status_code == 400


def test_a_bank_is_renamed(caller: Caller, bank: str):
    assert caller.put(f"/c/bank/{bank}", json={"name": "RENAMED"}).json()["name"] == "RENAMED"
    assert caller.get(f"/c/bank/{bank}").status_code == 404
    caller.post("/c/banks", json={"name": "TAKEN"})
    assert caller.put("/c/bank/RENAMED", json={"name": "TAKEN"}).status_code == 403
    assert caller.put("/c/bank/RENAMED", json={"name": "1_NOT"}).status_code == 400


def test_a_bank_is_deleted_and_deleting_it_again_is_no_fault(caller: Caller, bank: str):
    for _ in range(2):
        answer = caller.delete(f"/c/bank/{bank}")
        assert (answer.status_code, answer.json()) == (200, {"message": "Done"})
    assert caller.get("/c/banks").json() == []


def test_a_content_is_shown_in_the_shape_of_clients(caller: Caller, bank: str):
    signals = {"pdq": make.a_hash(1).hex()}
    made = caller.post(f"/c/bank/{bank}/signal", json=signals).json()
    assert made == {"id": 1, "signals": signals}
    shown = caller.get(f"/c/bank/{bank}/content/1").json()
    assert shown == {
        "id": 1,
        "disable_until_ts": 0,
        "collab_metadata": {"everybody": []},
        "original_media_uri": None,
        "bank": {"name": bank, "matching_enabled_ratio": 1.0},
        "metadata": None,
        "note": None,
    }


@pytest.mark.parametrize("content", ["7", "0", "-1", "x", "9" * 30])
def test_a_content_that_is_not_there(caller: Caller, bank: str, content: str):
    assert caller.get(f"/c/bank/{bank}/content/{content}").status_code == 404
    assert caller.delete(f"/c/bank/{bank}/content/{content}").json() == {"deleted": 0}
    assert caller.get(f"/c/bank/NOWHERE/content/{content}").status_code == 404


@pytest.mark.parametrize("stamp", [9_999_999_999, -1, "soon", None])
def test_a_pause_that_is_none_is_refused(caller: Caller, bank: str, stamp: object):
    caller.post(f"/c/bank/{bank}/signal", json={"pdq": make.a_hash(1).hex()})
    answer = caller.put(f"/c/bank/{bank}/content/1", json={"disable_until_ts": stamp})
    assert answer.status_code == 400


def test_a_pause_may_be_given_as_text(caller: Caller, bank: str):
    caller.post(f"/c/bank/{bank}/signal", json={"pdq": make.a_hash(1).hex()})
    stamp = int(time.time()) + 100
    answer = caller.put(f"/c/bank/{bank}/content/1", json={"disable_until_ts": str(stamp)})
    assert answer.json()["disable_until_ts"] == stamp


def test_metadata_is_kept_without_its_address(caller: Caller, bank: str):
    metadata = {"content_id": "119", "content_uri": "https://a.example/x.png", "json": {"a": {}}}
    signals = {"pdq": make.a_hash(1).hex(), "metadata": metadata}
    assert caller.post(f"/c/bank/{bank}/signal", json=signals).status_code == 200
    kept = caller.get(f"/c/bank/{bank}/content/1").json()["metadata"]
    assert kept == {"content_id": "119", "json": {"a": {}}}


def test_other_metadata_is_refused(caller: Caller, bank: str):
    for metadata in ({"invalid": 5}, "text", {"json": "x" * 20_000}):
        signals = {"pdq": make.a_hash(1).hex(), "metadata": metadata}
        assert caller.post(f"/c/bank/{bank}/signal", json=signals).status_code == 400
    assert caller.get(f"/c/bank/{bank}/content/1").status_code == 404


def test_a_picture_that_shows_too_little_is_not_banked(caller: Caller, bank: str):
    answer = caller.post(f"/c/bank/{bank}/content", files={"photo": ("a", make.a_blank_file())})
    assert answer.status_code == 400
    assert "too little" in answer.json()["message"]
    looked = caller.post("/m/lookup", files={"photo": ("a", make.a_blank_file())})
    assert (looked.status_code, looked.json()) == (200, {"pdq": {}})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "Neither `url` nor multipart file upload was received"),
        ({"sound": ("a", b"x")}, "no such content_type: 'sound'"),
        ({"photo": ("a", b"x")}, "It is not a picture of any kind that is known here."),
        ({"photo": ("a", b"")}, "There is nothing in it: 0 bytes."),
    ],
)
def test_a_file_that_cannot_be_banked(caller: Caller, bank: str, files: dict, message: str):
    answer = caller.post(f"/c/bank/{bank}/content", files=files)
    assert (answer.status_code, answer.json()) == (400, {"message": message})


def test_two_files_at_once_are_refused(caller: Caller):
    files = [("photo", ("a", make.a_file(1))), ("photo", ("b", make.a_file(2)))]
    answer = caller.post("/h/hash", files=files)
    assert answer.json() == {"message": "Only one file allowed per request"}


def test_other_signal_types_are_told_when_named(caller: Caller):
    hashed = caller.post("/h/hash?types=pdq,sha256", files={"photo": ("a", make.a_file())}).json()
    assert list(hashed) == ["pdq", "sha256"]
    answer = caller.post("/h/hash?types=tlsh", files={"photo": ("a", make.a_file())})
    assert answer.status_code == 400


def test_types_are_listed(caller: Caller):
    kinds = caller.get("/c/signal_type").json()
    assert {"name": "pdq", "enabled_ratio": 1.0} in kinds
    assert {"name": "video_md5", "enabled_ratio": 1.0} in kinds
    assert caller.get("/c/content_type").json() == [
        {"name": "photo", "enabled": True},
        {"name": "video", "enabled": True},
    ]
    index = caller.get("/c/signal_type/index?signal_type=pdq").json()
    assert index["pdq"]["index_out_of_date"] is False


def test_no_exchange_is_set_up_at_first(caller: Caller):
    assert caller.get("/c/exchanges").json() == []
    assert caller.get("/c/exchange/REGIONAL/status").status_code == 404
    assert "ncmec" in caller.get("/c/exchanges/apis").json()


def test_an_exchange_tells_how_it_stands(caller: Caller):
    (caller.service.folder / "exchanges.toml").write_text(
        '[[exchange]]\nname = "list"\nkind = "file"\nbank = "list"\n'
        'path = "list.csv"\nformat = "csv"\n'
    )
    assert caller.get("/c/exchanges").json() == ["list"]
    shown = caller.get("/c/exchange/list").json()
    assert shown == {"name": "list", "api": "file", "enabled": True, "bank": "list"}
    status = caller.get("/c/exchange/list/status").json()
    assert (status["last_fetch_time"], status["success"], status["entries"]) == (0, True, 0)


def test_the_site_map_writes_paths_as_clients_know_them(caller: Caller):
    paths = caller.get("/site-map").json()
    assert {"/m/lookup", "/h/hash", "/c/bank/<bank_name>/content/<content_id>"} <= set(paths)


def test_it_tells_that_it_is_ready(caller: Caller):
    for path, text in (("/status", "I-AM-ALIVE"), ("/status/live", "OK"), ("/readyz", "READY")):
        answer = caller.get(path)
        assert (answer.status_code, answer.text) == (200, text)


def test_a_bank_that_cannot_be_opened_is_told(caller: Caller, bank: str, folder):
    broken = folder / "banks" / "BROKEN"
    broken.mkdir()
    (broken / "bank.toml").write_text('name = "BROKEN"\n')
    assert caller.get("/status").status_code == 503
    assert caller.get("/status/live").status_code == 200
