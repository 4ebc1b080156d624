# SPDX-License-Identifier: Apache-2.0
"""hearthline family: the set for schools and families, in the country's language."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from hearthline.hub.accounts.models import User
from hearthline.hub.blocklists import actions
from hearthline.hub.blocklists.tests.make import make_ordered
from hearthline.hub.config.commands import family

pytestmark = pytest.mark.django_db

SERVICE = """
name = "Solmere family filter"
resolver = "dns.filter.example.org"
addresses = ["192.0.2.53", "2001:db8::53"]
canary = "canary.filter.example.org"
stop_page = "https://stop.example.org/blocked/"
list_url = "https://lists.example.org/blocklist/prefixes/"
search_url = "https://lists.example.org/blocklist/hashes/"
"""


@pytest.fixture
def service(tmp_path: Path) -> Path:
    path = tmp_path / "service.toml"
    path.write_text(SERVICE, encoding="utf-8")
    return path


def call(*arguments: object) -> int:
    return family.main([str(each) for each in arguments])


def test_each_age_band_gets_a_folder_and_twice_the_same(service: Path, tmp_path: Path) -> None:
    for out in ("one", "two"):
        assert call("--service", service, "--out", tmp_path / out) == 0
    bands = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert bands == ["0_3", "12_16", "16_18", "3_8", "8_12"]
    for path in (tmp_path / "one").rglob("*"):
        if path.is_file():
            other = tmp_path / "two" / path.relative_to(tmp_path / "one")
            assert path.read_bytes() == other.read_bytes()


def test_the_steps_are_in_the_language_asked_for(service: Path, tmp_path: Path) -> None:
    assert call("--service", service, "--out", tmp_path, "--language", "zh-hans", "--zip") == 0
    assert call("--service", service, "--out", tmp_path / "zh", "--language", "zh-hans") == 0
    steps = (tmp_path / "zh" / "8_12" / "android" / "private-dns.txt").read_text(encoding="utf-8")
    lines = [line for line in steps.splitlines() if line]
    assert [line for line in lines if not re.search("[\u4e00-\u9fff]", line)] == []
    assert "dns.filter.example.org" in steps
    assert (tmp_path / "8_12.zip").stat().st_size > 1_000


def test_an_allowed_site_that_is_blocked_is_not_written(
    service: Path, tmp_path: Path, ana: User, sena: User, capsys: pytest.CaptureFixture[str]
) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    entry = make_ordered("songs.example.org", by=ana, at=yesterday)
    actions.approve(entry=entry, by=sena, at=yesterday)
    assert call("--service", service, "--out", tmp_path / "out") == 1
    said = capsys.readouterr()
    assert "take the listed sites off the allow-list" in said.err
    assert "songs.example.org" not in said.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "is no TOML"),
        (SERVICE + "colour = 1", "see colour"),
        (SERVICE.replace('"dns.filter.example.org"', "7"), "texts in quotation marks"),
        (SERVICE.replace('["192.0.2.53", "2001:db8::53"]', '"192.0.2.53"'), "list of texts"),
        (SERVICE.replace("dns.filter", "DNS filter"), "is no host name"),
    ],
)
def test_a_service_that_cannot_be_used_is_said_in_words(
    service: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    service.write_text(text, encoding="utf-8")
    assert call("--service", service, "--out", tmp_path / "out") == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("--service", tmp_path / "none.toml", "--out", tmp_path) == 1
    assert "none.toml" in capsys.readouterr().err
