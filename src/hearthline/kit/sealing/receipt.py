# SPDX-License-Identifier: Apache-2.0
"""The receipt: 16 digits a reporter keeps, to come back to a report without an account.

The last is a check digit after Damm (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004). It
catches every single wrong digit and every swap of two neighbours, the two slips people make most
when they copy a number. The decimal system of ISO 7064 (MOD 11,10) misses some swaps, and MOD 11-2
needs the letter X, which not every keypad and script has.
"""

import secrets
import unicodedata
from typing import Literal

LENGTH = 16
_GROUP = 4
# Room for any separators; beyond it, what was typed is something else.
_LONGEST_INPUT = 200

# A totally anti-symmetric quasigroup of order 10: row is the interim digit, column the next digit.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)

Slip = Literal["character", "length", "first digit", "check digit"]

_SENTENCES: dict[Slip, str] = {
    "character": "A receipt has only digits.",
    "length": f"A receipt has {LENGTH} digits.",
    "first digit": "A receipt never begins with 0.",
    "check digit": "One of the digits is not right.",
}


class ReceiptMistyped(Exception):
    """A number that cannot be a receipt. `reason` says which check it fails."""

    def __init__(self, reason: Slip) -> None:
        super().__init__(_SENTENCES[reason])
        self.reason = reason


def new_receipt() -> str:
    """16 fresh digits, one of 9 * 10^14 (49.7 bits); the first is never 0.

    A leading 0 gets lost in spreadsheets and when numbers are read aloud.
    """
    body = str(secrets.randbelow(9) + 1) + "".join(
        str(secrets.randbelow(10)) for _ in range(LENGTH - 2)
    )
    return body + check_digit(body)


def format_receipt(receipt: str) -> str:
    """In groups of four for reading: `1234 5678 9012 3456`. Raises ReceiptMistyped."""
    digits = parse_receipt(receipt)
    return " ".join(digits[i : i + _GROUP] for i in range(0, LENGTH, _GROUP))


def parse_receipt(text: str) -> str:
    """The 16 ASCII digits in what somebody typed or pasted.

    Accepts the decimal digits of every script (full-width, Arabic-Indic, Persian, Devanagari …),
    any space, any hyphen or dash, and the invisible marks that come along when text is pasted.
    Raises ReceiptMistyped.
    """
    if len(text) > _LONGEST_INPUT:
        raise ReceiptMistyped("length")
    digits = "".join(_digit(character) for character in text if not _separates(character))
    if len(digits) != LENGTH:
        raise ReceiptMistyped("length")
    if check_digit(digits) != "0":
        raise ReceiptMistyped("check digit")
    if digits[0] == "0":
        raise ReceiptMistyped("first digit")
    return digits


def check_digit(digits: str) -> str:
    """The digit that makes `digits` whole; "0" if the last one already does."""
    interim = 0
    for each in digits:
        interim = int(_DAMM[interim][int(each)])
    return str(interim)


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    if value is None:
        raise ReceiptMistyped("character")
    return str(value)


def _separates(character: str) -> bool:
    # Pd: hyphens and dashes. Cf: direction marks, zero-width spaces, soft hyphens.
    if character.isspace() or character == "\N{MINUS SIGN}":
        return True
    return unicodedata.category(character) in {"Pd", "Cf"}
