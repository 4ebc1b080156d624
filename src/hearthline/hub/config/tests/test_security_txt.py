# SPDX-License-Identifier: Apache-2.0
"""Where to report a weakness: there where somebody is named, and for less than a year."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from hearthline.hub.config.environment import EnvironmentRefused, contacts, count

PLACE = "/public/.well-known/security.txt"
DEPLOYED = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def deployed(settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.SECURITY_CONTACTS = ["mailto:security@example.org", "https://example.org/report"]
    settings.PUBLIC_URL = "https://help.example.org"
    files = tmp_path / "staticfiles.json"
    files.write_text('{"version": "1.1", "paths": {}}')
    os.utime(files, (DEPLOYED.timestamp(), DEPLOYED.timestamp()))


@pytest.mark.usefixtures("deployed")
def test_it_names_who_listens_until_when_and_where_it_stands(client: Client, settings) -> None:
    answer = client.get(PLACE)
    lines = answer.content.decode().split("\r\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[:3] == [
        "Contact: mailto:security@example.org",
        "Contact: https://example.org/report",
        "Expires: 2027-04-03T09:00:00Z",
    ]
    assert lines[3].startswith("Preferred-Languages: en, ")
    assert lines[4:] == ["Canonical: https://help.example.org/.well-known/security.txt", ""]
    assert client.post(PLACE).status_code == 405


@pytest.mark.usefixtures("deployed")
def test_the_longest_it_is_believed_is_less_than_a_year(client: Client, settings) -> None:
    settings.SECURITY_DAYS = 364
    last = DEPLOYED + timedelta(days=364)
    assert f"Expires: {last:%Y-%m-%dT%H:%M:%SZ}" in client.get(PLACE).content.decode()


@pytest.mark.usefixtures("deployed")
def test_where_nobody_is_named_there_is_no_such_page(client: Client, settings) -> None:
    settings.SECURITY_CONTACTS = []
    assert client.get(PLACE).status_code == 404


@pytest.mark.usefixtures("deployed")
def test_before_the_installation_is_prepared_there_is_none(client: Client, tmp_path: Path) -> None:
    (tmp_path / "staticfiles.json").unlink()
    assert client.get(PLACE).status_code == 404


@pytest.mark.parametrize("door", ["desk", "partners"])
def test_it_stands_at_the_public_door_alone(door: str, client: Client) -> None:
    assert client.get(f"/{door}/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    "value", ["security@example.org", "http://example.org/", "mailto:ö@example.org"]
)
def test_a_contact_that_is_no_address_is_refused(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTHLINE_SECURITY_CONTACT", value)
    with pytest.raises(EnvironmentRefused, match="HEARTHLINE_SECURITY_CONTACT"):
        contacts("HEARTHLINE_SECURITY_CONTACT")


def test_a_year_or_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTHLINE_SECURITY_DAYS", "365")
    with pytest.raises(EnvironmentRefused, match="HEARTHLINE_SECURITY_DAYS"):
        count("HEARTHLINE_SECURITY_DAYS", most=364)
