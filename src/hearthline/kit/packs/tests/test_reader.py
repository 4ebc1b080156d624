# SPDX-License-Identifier: Apache-2.0
"""A pack is read whole, or refused in one sentence that names file, key and remedy."""

from datetime import timedelta
from pathlib import Path

import pytest

from hearthline.kit.packs import Pack, PackRefused, QuickExit, read_pack

COUNTRIES = Path(__file__).parents[3] / "hub" / "config" / "countries"
GENERIC = (COUNTRIES / "generic.toml").read_text(encoding="utf-8")


def read(tmp_path: Path, text: str) -> Pack:
    path = tmp_path / "here.toml"
    path.write_text(text, encoding="utf-8")
    return read_pack(path)


@pytest.mark.parametrize("path", sorted(COUNTRIES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_pack_we_ship_is_whole(path: Path):
    pack = read_pack(path)
    assert pack.clocks.first_review.of("U0") < pack.clocks.first_review.of("U4")


def test_the_generic_pack_invents_no_fact():
    pack = read_pack(COUNTRIES / "generic.toml")
    assert not pack.emergency.known
    assert (pack.helplines, pack.legal_bases, pack.agencies) == ([], [], [])


def test_only_the_demonstration_country_is_fictional():
    assert [p.stem for p in COUNTRIES.glob("*.toml") if read_pack(p).country.fictional] == [
        "solmere"
    ]


def test_clocks_are_durations(tmp_path: Path):
    assert read(tmp_path, GENERIC).clocks.first_review.of("U1") == timedelta(hours=1)


SERVICE_FIRST = """
[[clocks.notice.ladder]]
who = "host"

[[clocks.notice.ladder]]
who = "network"
wait_hours = 24

[[clocks.notice.ladder]]
who = "regulator"
kind = "regulator"
wait_hours = 48
"""


def with_ladder(text: str) -> str:
    """The generic pack with another ladder."""
    before, _, after = GENERIC.partition("[[clocks.notice.ladder]]")
    return before + text + "\n[calendar]" + after.partition("[calendar]")[2]


def test_the_order_of_those_who_are_told_is_data(tmp_path: Path):
    ladder = read(tmp_path, with_ladder(SERVICE_FIRST)).clocks.notice.ladder
    assert [(step.who, step.wait_hours) for step in ladder] == [
        ("host", 0), ("network", 24), ("regulator", 48),
    ]  # fmt: skip


def test_without_a_ladder_lawyers_and_regulator_are_told_at_once(tmp_path: Path):
    ladder = read(tmp_path, with_ladder("")).clocks.notice.ladder
    assert [(step.who, step.wait_hours) for step in ladder] == [("host", 0), ("regulator", 0)]


def test_a_regulator_is_not_asked_as_a_service(tmp_path: Path):
    with pytest.raises(PackRefused, match=r"clocks\.notice\.ladder"):
        read(tmp_path, with_ladder(SERVICE_FIRST.replace('kind = "regulator"\n', "")))


@pytest.mark.parametrize(
    ("change", "key", "remedy"),
    [
        (("under = 18", "udner = 18"), "child.under", "is missing"),
        (("under = 18", "under = 18\ncolour = 1"), "child.colour", "not a key this version knows"),
        (("under = 18", 'under = "18"'), "child.under", "a child is a person under this age"),
        (("under = 18", "under = 99"), "child.under", "does not fit"),
        (("U1 = 60\n", ""), "clocks.first_review.U1", "is missing; add it"),
        (("U1 = 60", "U1 = 0"), "clocks.first_review.U1", "does not fit"),
        (("known = false", "known = true"), "emergency", "add number, source and verified_on"),
        (('code = "ZZ"', 'code = "Z"'), "country.code", "two capital letters"),
        (("threshold = 5", "threshold = 1"), "statistics.threshold", "counts below this"),
        (("[child]", "[[child]]"), "child", "does not fit"),
    ],
)
def test_a_wrong_pack_is_refused_with_file_key_and_remedy(
    tmp_path: Path, change: tuple[str, str], key: str, remedy: str
):
    with pytest.raises(PackRefused) as refused:
        read(tmp_path, GENERIC.replace(*change, 1))
    assert refused.value.key == key
    assert "here.toml" in str(refused.value)
    assert remedy in str(refused.value)


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path):
    with pytest.raises(PackRefused, match="not readable as TOML"):
        read(tmp_path, "country = [")


def test_a_missing_pack_names_those_there_are():
    with pytest.raises(PackRefused, match="generic"):
        read_pack(COUNTRIES / "atlantis.toml")


def test_a_pack_cannot_be_changed_once_read(tmp_path: Path):
    with pytest.raises(ValueError, match="frozen"):
        read(tmp_path, GENERIC).child.under = 16


def test_the_quiet_title_is_the_readers_language_or_the_one_title_the_country_chose():
    chosen = QuickExit(url="https://www.example.org/", title="Recipes")
    some = QuickExit(url="https://www.example.org/", title={"fr": "Recettes"})
    assert QuickExit(url="https://www.example.org/").title_in("ar") == "الطقس"
    assert QuickExit(url="https://www.example.org/").title_in("pt") == "Weather"
    assert chosen.title_in("ar") == "Recipes"
    assert some.title_in("ar") == "Recettes"
