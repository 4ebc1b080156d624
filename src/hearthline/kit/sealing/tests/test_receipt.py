# SPDX-License-Identifier: Apache-2.0
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.sealing import (
    DataKey,
    KeyRefused,
    ReceiptMistyped,
    SealBroken,
    format_receipt,
    new_receipt,
    parse_receipt,
    quick_receipt_keys,
    receipt_keys,
    resume_keys,
)
from hearthline.kit.sealing.receipt import check_digit

from .make import OTHER_PEPPER, PEPPER

RECEIPT = "1234567890123450"
OTHER = "9876543210987650"
KEY = DataKey(bytes(range(32)))
DIGEST_IN_DATABASES = "a178459db5cbb51796a87c846b4377dc7dd85619cbcac1dd8f3a66a9fa7ec9c6"
KEY_IN_USE = "bbca38a00f3288839b62c5c9a4f468a19f0c3274c3c4b709bac67d15c7704309"

both = pytest.mark.parametrize("derive", [receipt_keys, quick_receipt_keys, resume_keys])
bodies = st.from_regex(r"[1-9][0-9]{14}", fullmatch=True)


def written_in(zero: str, receipt: str) -> str:
    """The receipt in the digits of another script, given that script's zero."""
    return "".join(chr(ord(zero) + int(digit)) for digit in receipt)


def test_new_receipts_are_whole_and_differ():
    receipts = {new_receipt() for _ in range(200)}
    assert len(receipts) == 200
    for receipt in receipts:
        assert len(receipt) == 16
        assert receipt[0] != "0"
        assert parse_receipt(receipt) == receipt


def test_is_read_in_groups_of_four():
    assert format_receipt(RECEIPT) == "1234 5678 9012 3450"


def test_the_check_digit_is_the_published_one():
    assert check_digit("572") == "4"
    assert check_digit("5724") == "0"


@pytest.mark.parametrize(
    "zero",
    [
        "0",
        "\N{FULLWIDTH DIGIT ZERO}",
        "\N{ARABIC-INDIC DIGIT ZERO}",
        "\N{EXTENDED ARABIC-INDIC DIGIT ZERO}",
        "\N{DEVANAGARI DIGIT ZERO}",
        "\N{BENGALI DIGIT ZERO}",
    ],
)
@pytest.mark.parametrize(
    "between", ["", " ", "-", "\u00a0", "\u2009", "\u2013", "\u2212", "\n", "\u200f", " - "]
)
def test_is_understood_however_it_is_written(zero, between):
    written = written_in(zero, RECEIPT)
    groups = [written[i : i + 4] for i in range(0, 16, 4)]
    assert parse_receipt(f"\u2067{between.join(groups)}\u2069 ") == RECEIPT


@given(bodies)
def test_every_single_wrong_digit_is_found(body):
    receipt = body + check_digit(body)
    for place in range(16):
        for digit in "0123456789":
            if digit != receipt[place]:
                with pytest.raises(ReceiptMistyped):
                    parse_receipt(receipt[:place] + digit + receipt[place + 1 :])


@given(bodies)
def test_every_swap_of_neighbours_is_found(body):
    receipt = body + check_digit(body)
    for place in range(15):
        left, right = receipt[place], receipt[place + 1]
        if left != right:
            with pytest.raises(ReceiptMistyped):
                parse_receipt(receipt[:place] + right + left + receipt[place + 2 :])


def test_both_laws_hold_for_every_state_and_every_pair_of_digits():
    # A number that leads to each interim state; from each, the proof by exhaustion. What follows
    # a slip cannot hide it: the next digits map different states to different states.
    states = {check_digit(str(number)): str(number) for number in range(100)}
    assert sorted(states) == [*"0123456789"]
    for before in states.values():
        after_one = [check_digit(before + digit) for digit in "0123456789"]
        assert len(set(after_one)) == 10
        for left in range(10):
            for right in range(left):
                assert check_digit(f"{before}{left}{right}") != check_digit(
                    f"{before}{right}{left}"
                )
    for digit in "0123456789":
        assert len({check_digit(before + digit) for before in states.values()}) == 10


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"),
        (RECEIPT[:-1], "length"),
        (RECEIPT + "0", "length"),
        (" " * 201, "length"),
        (RECEIPT[:-1] + "x", "character"),
        (RECEIPT.replace("1", "l"), "character"),
        ("\N{SUPERSCRIPT TWO}" + RECEIPT[1:], "character"),
        ("\N{CIRCLED DIGIT ONE}" + RECEIPT[1:], "character"),
        (RECEIPT[:-1] + str((int(RECEIPT[-1]) + 1) % 10), "check digit"),
        ("0" * 16, "first digit"),
    ],
)
def test_refuses_what_cannot_be_a_receipt_and_says_why(text, reason):
    for read in (parse_receipt, format_receipt):
        with pytest.raises(ReceiptMistyped) as refusal:
            read(text)
        assert refusal.value.reason == reason
        assert str(refusal.value).endswith(".")


@given(st.text(max_size=40))
def test_any_text_is_a_receipt_or_refused(text):
    try:
        digits = parse_receipt(text)
    except ReceiptMistyped:
        return
    assert check_digit(digits) == "0"


@both
def test_the_digest_is_steady_however_the_receipt_is_written(derive):
    digest = derive(RECEIPT, PEPPER).digest
    assert len(digest) == 32
    assert derive(format_receipt(RECEIPT), PEPPER).digest == digest
    arabic = written_in("\N{ARABIC-INDIC DIGIT ZERO}", RECEIPT)
    assert derive(arabic, PEPPER).digest == digest


def test_digest_and_key_depend_on_receipt_and_pepper_and_not_on_each_other():
    derived = [
        derive(receipt, pepper)
        for derive in (receipt_keys, quick_receipt_keys, resume_keys)
        for receipt in (RECEIPT, OTHER)
        for pepper in (PEPPER, OTHER_PEPPER)
    ]
    assert len({secret for keys in derived for secret in (keys.digest, keys._key)}) == 24


def test_the_derivation_never_changes_under_a_reporter():
    # These two values stand in databases: a change here would lock every reporter out.
    keys = receipt_keys(RECEIPT, PEPPER)
    assert (keys.digest.hex(), keys._key.hex()) == (DIGEST_IN_DATABASES, KEY_IN_USE)


def test_the_key_is_not_shown():
    shown = repr(receipt_keys(RECEIPT, PEPPER))
    assert str(bytes.fromhex(KEY_IN_USE)) not in shown


@both
def test_the_receipt_opens_its_own_row(derive):
    wrapped = derive(RECEIPT, PEPPER).wrap(KEY, row="r-1")
    assert len(wrapped) == 61
    assert derive(RECEIPT, PEPPER).unwrap(memoryview(wrapped), row="r-1") == KEY


@both
@pytest.mark.parametrize(
    ("receipt", "pepper", "row"),
    [(OTHER, PEPPER, "r-1"), (RECEIPT, OTHER_PEPPER, "r-1"), (RECEIPT, PEPPER, "r-2")],
)
def test_refuses_another_receipt_pepper_or_row(derive, receipt, pepper, row):
    wrapped = derive(RECEIPT, PEPPER).wrap(KEY, row="r-1")
    with pytest.raises(SealBroken, match="does not open"):
        derive(receipt, pepper).unwrap(wrapped, row=row)


def test_what_one_set_wrapped_no_other_opens():
    sets = [derive(RECEIPT, PEPPER) for derive in (receipt_keys, quick_receipt_keys, resume_keys)]
    for wraps, opens in permutations(sets, 2):
        with pytest.raises(SealBroken, match="does not open"):
            opens.unwrap(wraps.wrap(KEY, row="r-1"), row="r-1")


@both
def test_refuses_a_wrapped_key_that_was_changed(derive):
    keys = derive(RECEIPT, PEPPER)
    wrapped = keys.wrap(KEY, row="r-1")
    for spoilt in (b"\x00" + wrapped[1:], wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b""):
        with pytest.raises(SealBroken):
            keys.unwrap(spoilt, row="r-1")


@both
def test_refuses_a_mistyped_receipt_before_any_work(derive):
    with pytest.raises(ReceiptMistyped):
        derive("1" * 15, PEPPER)


@both
def test_refuses_a_short_pepper(derive):
    with pytest.raises(KeyRefused, match="pepper must be at least 32 bytes"):
        derive(RECEIPT, b"short")
