# SPDX-License-Identifier: Apache-2.0
"""`exchanges.toml`: what it may say, and what is said where it is wrong."""

import re

import pytest

from hearthline.kit.urls.tests.loopback import a_certificate
from hearthline.matcher.exchanges import (
    ConfigurationRefused,
    ExchangeFailed,
    Surroundings,
    configuration,
    read_configuration,
)
from hearthline.matcher.exchanges.credentials import Credential

ALL = """
[[exchange]]
name = "own"
kind = "file"
bank = "own-list"
path = "lists/own.csv"
format = "csv"

[[exchange]]
name = "group"
kind = "threat_exchange"
bank = "group-list"
url = "https://graph.example.org/v1"
group = "123"
token = { env = "GROUP_TOKEN" }
every_minutes = 15

[[exchange]]
name = "regional"
kind = "ncmec"
bank = "regional-list"
url = "https://hashes.example.org/hashsharing"
username = "hotline"
password = { file = "password" }
members = ["42"]
begin = 2020-01-01
enabled = false

[[exchange]]
name = "own-pictures"
kind = "stop_ncii"
bank = "own-pictures"
url = "https://api.example.org/v1"
function_key = { env = "ONE" }
subscription_key = { env = "TWO" }
most_removed = 0.1
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "exchanges.toml"
        path.write_text(text)
        return path

    return write


def test_all_kinds(write, tmp_path):
    (tmp_path / "password").write_text("word\n")
    found = read_configuration(write(ALL))
    environment = {"GROUP_TOKEN": "t", "ONE": "1", "TWO": "2"}
    around = Surroundings(environment=environment, folder=found.folder)
    assert [type(s.exchange(around)).__name__ for s in found.exchanges] == [
        "File",
        "ThreatExchange",
        "Ncmec",
        "StopNcii",
    ]
    assert found.named("group").every_minutes == 15
    assert not found.named("regional").enabled


def test_the_example_in_the_module_reads(write):
    text = re.sub("^    ", "", configuration.__doc__.split("\n\n")[1], flags=re.MULTILINE)
    [settings] = read_configuration(write(text)).exchanges
    assert (settings.name, settings.kind) == ("regional", "ncmec")


def test_no_exchanges_is_none(write):
    assert read_configuration(write("")).exchanges == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "file"', 'kind = "ftp"', "exchange 'own': `kind` must be file"),
        ('kind = "file"\n', "", "exchange 'own': `kind` must be file"),
        ('format = "csv"', 'format = "xls"', "exchange 'own': format: input should be"),
        ('bank = "own-list"\n', "", "exchange 'own': bank: is missing; add it"),
        ('path = "lists/own.csv"', 'file = "x"', "exchange 'own': path: is missing"),
        ("begin = 2020-01-01", "colour = 1", "colour: is not a key this version knows"),
        ('name = "group"', 'name = "own"', "exchange 'own': two exchanges have this name"),
        ('name = "own"', 'name = "../own"', "exchange '../own': name: string should match"),
        ("every_minutes = 15", "every_minutes = 0", "every_minutes: input should be greater"),
        ("https://api", "http://api", "url: must begin with https://"),
        ("https://api", "https://me:word@api", "url: holds a user name or a query"),
        ('{ env = "ONE" }', '"word"', "function_key: must say where it is found"),
        ('{ env = "ONE" }', '{ env = "ONE", file = "x" }', "function_key: say either"),
        ('{ env = "ONE" }', "{}", "function_key: say either"),
        ('{ env = "ONE" }', '{ value = "word" }', "function_key.value: is not a key"),
        ('username = "hotline"', 'username = "a:word"', "username: string should match"),
        ('name = "own"', "name = word", "not readable as TOML"),
        ("[[exchange]]", "[exchange]", "not readable as TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_no_value(write, old, new, said):
    assert old in ALL
    with pytest.raises(ConfigurationRefused) as refused:
        read_configuration(write(ALL.replace(old, new, 1)))
    text = str(refused.value)
    assert said in text
    assert text.startswith("exchanges.toml: ")
    assert "word" not in text


@pytest.mark.parametrize("text", ["exchange = 1", "exchanges = []", "[[exchange]]\n1 = 2"])
def test_other_shapes_are_refused(write, text):
    with pytest.raises(ConfigurationRefused):
        read_configuration(write(text))


def test_a_missing_file(tmp_path):
    with pytest.raises(ConfigurationRefused, match="cannot be read"):
        read_configuration(tmp_path / "none.toml")


def test_a_private_authority(write, tmp_path):
    _, pem = a_certificate(tmp_path)
    (tmp_path / "ca.pem").write_text(pem)
    text = ALL.replace('group = "123"', 'group = "123"\nca_file = "ca.pem"')
    found = read_configuration(write(text))
    around = Surroundings(environment={"GROUP_TOKEN": "t"}, folder=found.folder)
    assert found.named("group").exchange(around)
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(ConfigurationRefused, match="holds no certificate"):
        found.named("group").exchange(around)


def test_credentials_are_read_where_they_are_named(tmp_path):
    file = tmp_path / "key"
    file.write_text("  word \n")
    assert Credential(file=file).read().reveal() == "word"
    assert Credential(env="KEY").read({"KEY": "word"}).reveal() == "word"


@pytest.mark.parametrize("value", ["", " \n", "two\nlines", "wört"])
def test_credentials_that_cannot_be_used_are_named_by_place(tmp_path, value):
    with pytest.raises(ExchangeFailed, match="environment variable KEY") as failure:
        Credential(env="KEY").read({"KEY": value})
    assert failure.value.code == "credential"
    with pytest.raises(ExchangeFailed, match="cannot be read"):
        Credential(file=tmp_path / "none").read()
