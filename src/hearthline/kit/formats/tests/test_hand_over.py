# SPDX-License-Identifier: Apache-2.0
"""The hand-over to a hotline abroad: a package under its own name."""

from datetime import UTC, datetime

import pytest

from hearthline.kit.formats import hand_over, package
from hearthline.kit.formats.refused import FormatRefused

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


def made(**over: object) -> hand_over.HandOver:
    rows = (package.Row("address", "Address", "http://pages.harbour-host.test/a", "address"),)
    plain = {
        "reference": "AB12CD34",
        "prepared_at": AT,
        "sender": "Solmere Hotline",
        "recipient": "Northland Hotline",
        "title": "Content hosted in XN",
        "language": "en",
        "direction": "ltr",
        "sections": [package.Section("subject", "Where", rows)],
    }
    return hand_over.build(**{**plain, **over})


def test_it_opens_with_the_hotlines_key_as_it_was_made() -> None:
    secret, public = package.new_key_pair()
    sealed = package.seal(made().to_bytes(), [public])
    assert hand_over.open_hand_over(sealed, secret) == made()


def test_its_record_bears_its_own_name_and_nobody_takes_it_for_one_to_police() -> None:
    assert made().record()["format"] == "hearthline-hand-over"
    secret, public = package.new_key_pair()
    sealed = package.seal(made().to_bytes(), [public])
    with pytest.raises(FormatRefused, match="hearthline-police-package"):
        package.open_package(sealed, secret)


def test_a_package_to_police_is_no_hand_over() -> None:
    secret, public = package.new_key_pair()
    parts = {name: getattr(made(), name) for name in package.Package.__slots__}
    sealed = package.seal(package.build(**parts).to_bytes(), [public])
    with pytest.raises(FormatRefused, match="hearthline-hand-over"):
        hand_over.open_hand_over(sealed, secret)


def test_the_same_content_is_the_same_bytes() -> None:
    assert made().to_bytes() == made().to_bytes()


def test_another_key_or_an_altered_file_is_refused() -> None:
    _secret, public = package.new_key_pair()
    other, _public = package.new_key_pair()
    sealed = package.seal(made().to_bytes(), [public])
    with pytest.raises(FormatRefused, match="sealed"):
        hand_over.open_hand_over(sealed, other)
    with pytest.raises(FormatRefused, match="identity"):
        hand_over.open_hand_over(sealed, "no key")
    with pytest.raises(FormatRefused):
        hand_over.open_hand_over(sealed[:-1], _secret)


def test_it_holds_no_content() -> None:
    rows = (package.Row("address", "Address", "data:text/plain,x", "address"),)
    with pytest.raises(FormatRefused):
        made(sections=[package.Section("subject", "Where", rows)])
