# SPDX-License-Identifier: Apache-2.0
"""`/m`: radius, share, banks that say what is harmless."""

from pathlib import Path

from hearthline.kit.matching.banks.refusals import IndexDamaged
from hearthline.matcher.recognition import now
from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller


def add(caller: Caller, bank: str, value: bytes) -> int:
    return caller.post(f"/c/bank/{bank}/signal", json={"pdq": value.hex()}).json()["id"]


def looked_up(caller: Caller, value: bytes, **more: str) -> dict:
    answer = caller.get("/m/lookup", params={"signal_type": "pdq", "signal": value.hex(), **more})
    assert answer.status_code == 200
    return answer.json()


def test_a_match_is_as_near_as_the_radius(caller: Caller, bank: str):
    value = make.a_hash(1)
    content = add(caller, bank, value)
    assert looked_up(caller, make.near(value, 31)) == {
        bank: [{"bank_content_id": content, "distance": "31"}]
    }
    assert looked_up(caller, make.near(value, 32)) == {}


def test_each_bank_has_its_own_radius(caller: Caller, bank: str):
    value = make.a_hash(1)
    add(caller, bank, value)
    caller.service.library.bank(bank).change(by="Ada", at=now(), radius=40)
    assert list(looked_up(caller, make.near(value, 40))) == [bank]
    caller.service.library.bank(bank).change(by="Ada", at=now(), radius=0)
    assert looked_up(caller, make.near(value, 2)) == {}


def test_only_the_banks_named_are_asked_and_unknown_ones_hold_nothing(caller: Caller, bank: str):
    value = make.a_hash(1)
    add(caller, bank, value)
    assert list(looked_up(caller, value, banks=f"{bank},NOWHERE")) == [bank]
    assert looked_up(caller, value, banks="NOWHERE") == {}
    raw = {"signal_type": "pdq", "signal": value.hex(), "banks": "NOWHERE"}
    assert caller.get("/m/raw_lookup", params=raw).json() == {"matches": []}


def test_a_bank_on_trial_takes_part_only_where_the_draw_is_bypassed(caller: Caller, bank: str):
    value = make.a_hash(1)
    add(caller, bank, value)
    caller.put(f"/c/bank/{bank}", json={"enabled_ratio": 0})
    assert looked_up(caller, value, seed="1") == {}
    assert list(looked_up(caller, value, bypass_coinflip="true")) == [bank]


def test_what_is_known_to_be_harmless_is_no_match(caller: Caller, bank: str):
    value = make.a_hash(1)
    add(caller, bank, value)
    caller.service.library.create_bank("HARMLESS", by="Ada", at=now(), negative=True)
    harmless = add(caller, "HARMLESS", make.near(value, 3))
    assert looked_up(caller, value) == {}
    raw = {"signal_type": "pdq", "signal": value.hex()}
    assert caller.get("/m/raw_lookup", params=raw).json()["matches"] != [harmless]
    named = caller.get("/m/raw_lookup", params=raw | {"banks": "HARMLESS"})
    assert named.json() == {"matches": [harmless]}


def test_a_harmless_view_speaks_for_the_whole_picture(caller: Caller, bank: str):
    caller.post(f"/c/bank/{bank}/content", files={"photo": ("a", make.a_file(1))})
    caller.service.library.create_bank("HARMLESS", by="Ada", at=now(), negative=True)
    caller.post("/c/bank/HARMLESS/content", files={"photo": ("a", make.a_file(1))})
    assert caller.post("/m/lookup", files={"photo": ("a", make.a_file(1))}).json() == {"pdq": {}}


def test_without_a_signal_nothing_can_be_looked_up(caller: Caller):
    answer = caller.get("/m/lookup?signal_type=pdq")
    assert answer.status_code == 400
    assert answer.json() == {"message": "Either url or both signal and signal_type are required"}
    assert caller.get("/m/raw_lookup?signal=ab").json() == {"message": "signal_type is required"}


def test_a_flag_is_true_or_false(caller: Caller):
    raw = {"signal_type": "pdq", "signal": make.a_hash(1).hex(), "include_distance": "maybe"}
    assert caller.get("/m/raw_lookup", params=raw).status_code == 400


def test_digests_are_compared_by_equality(caller: Caller):
    pair = {"md5": ["ab" * 16, "AB" * 16], "sha1": ["ab" * 20, "cd" * 20]}
    assert caller.post("/m/compare", json=pair).json() == {"md5": [True, {}], "sha1": [False, {}]}


def test_what_cannot_be_compared_is_refused(caller: Caller):
    for pair in ({"pdq": "ab"}, {"pdq": ["ab" * 32]}, {"pdq": ["ab" * 32, "xy"]}, {"tlsh": [1, 2]}):
        assert caller.post("/m/compare", json=pair).status_code == 400
    assert caller.post("/m/compare", content=b"[1]").status_code == 400


def test_where_a_bank_cannot_be_opened_nothing_is_called_unknown(folder: Path):
    broken = folder / "banks" / "BROKEN"
    broken.mkdir(parents=True)
    (broken / "bank.toml").write_text("= broken")
    again = Caller(folder)
    signal = {"signal_type": "pdq", "signal": make.a_hash(1).hex()}
    for path in ("/m/lookup", "/m/raw_lookup"):
        answer = again.get(path, params=signal)
        assert (answer.status_code, "bank verify" in answer.json()["message"]) == (503, True)
    assert again.post("/v1/lookup", json={"hashes": [signal["signal"]]}).status_code == 503
    assert again.get("/status").status_code == 503
    again.close()


def test_where_an_index_is_damaged_a_raw_look_up_says_so(folder: Path, caller: Caller, bank: str):
    add(caller, bank, make.a_hash(1))
    known = caller.service.library.bank(bank)

    def damaged(*_: object) -> None:
        raise IndexDamaged("pdq: a file is not as it was written")

    known.matches = damaged
    signal = {"signal_type": "pdq", "signal": make.a_hash(1).hex()}
    assert caller.get("/m/raw_lookup", params=signal).status_code == 503
