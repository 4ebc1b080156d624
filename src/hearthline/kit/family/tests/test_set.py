# SPDX-License-Identifier: Apache-2.0
"""The school and family set: every file read back by a real parser, and nothing listed in any."""

import base64
import io
import json
import plistlib
import re
import zipfile
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest

from hearthline.kit.family import (
    FilterService,
    ListedInAllowed,
    Profile,
    ServiceWrong,
    as_zip,
    family_set,
    mobileconfig,
    read_profiles,
    source_strings,
    write_folder,
)
from hearthline.kit.family.extension import LARGEST
from hearthline.kit.urls import Checker
from hearthline.kit.urls.tests.listed import Entry, Publisher, listing, page

ADDRESSES = ("192.0.2.53", "2001:db8::53")
SERVICE = FilterService(
    name="Solmere family filter",
    resolver="dns.filter.example.org",
    addresses=ADDRESSES,
    canary="canary.filter.example.org",
    stop_page="https://stop.example.org/blocked/",
    list_url="https://lists.example.org/v1/list",
    search_url="https://lists.example.org/v1/search",
)
PROFILES = read_profiles()
YOUNGEST, OLDEST = PROFILES[0], PROFILES[-1]

LISTED = [
    page("http://harbour.test/pier/7?berth=2"),
    Entry("path", "cove.test/gallery/"),
    Entry("host", "www.lagoon.test"),
    Entry("domain", "reef.test"),
]
LIST = listing(*LISTED)


def is_listed(address: str) -> bool:
    return Checker(LIST.prefixes, Publisher(LIST)).check(address, now=0) is not None


def made(profile: Profile = OLDEST, service: FilterService = SERVICE) -> dict[str, bytes]:
    return family_set(service, profile, is_listed=is_listed)


def test_the_set_has_a_part_for_each_kind_of_device() -> None:
    assert {name.partition("/")[0] for name in made()} == {
        "android",
        "apple",
        "extension",
        "home-server",
    }


def test_the_apple_profile_points_to_the_resolver_by_https() -> None:
    profile = plistlib.loads(made()["apple/family-filter.mobileconfig"])
    [payload] = profile["PayloadContent"]
    assert payload["PayloadType"] == "com.apple.dnsSettings.managed"
    assert payload["DNSSettings"] == {
        "DNSProtocol": "HTTPS",
        "ServerURL": "https://dns.filter.example.org/dns-query",
        "ServerAddresses": list(ADDRESSES),
    }
    assert profile["PayloadType"] == "Configuration"
    assert profile["PayloadVersion"] == payload["PayloadVersion"] == 1
    assert profile["PayloadUUID"] != payload["PayloadUUID"]


def test_the_apple_profile_says_that_it_is_unsigned_and_can_be_removed() -> None:
    profile = plistlib.loads(mobileconfig(SERVICE))
    assert "not signed" in profile["PayloadDescription"]
    assert profile["PayloadRemovalDisallowed"] is False
    assert "Not Signed" in made()["apple/read-me.txt"].decode()


def test_a_new_profile_of_the_same_resolver_replaces_the_one_before() -> None:
    def identity(service: FilterService) -> tuple[str, str]:
        profile = plistlib.loads(mobileconfig(service))
        return profile["PayloadIdentifier"], profile["PayloadUUID"]

    renamed = FilterService("Other name", *list(fields(SERVICE).values())[1:])
    elsewhere = FilterService(**fields(SERVICE) | {"resolver": "dns.other.example.org"})
    assert identity(renamed) == identity(SERVICE)
    assert identity(elsewhere) != identity(SERVICE)


def fields(service: FilterService) -> dict[str, object]:
    return {name: getattr(service, name) for name in FilterService.__slots__}


def test_the_instructions_name_the_resolver_and_the_way_to_test_it() -> None:
    files = made()
    assert "dns.filter.example.org" in files["android/private-dns.txt"].decode()
    assert (
        "https://dns.filter.example.org/dns-query" in files["home-server/adguard-home.txt"].decode()
    )
    assert "192.0.2.53, 2001:db8::53" in files["home-server/pi-hole.txt"].decode()
    for name in ("android/private-dns.txt", "apple/read-me.txt", "home-server/pi-hole.txt"):
        assert "canary.filter.example.org" in files[name].decode()


def test_the_adguard_rules_name_only_the_signals_that_makers_document() -> None:
    rules = made()["home-server/adguard-rules.txt"].decode().splitlines()
    assert [rule for rule in rules if not rule.startswith("!")] == [
        "||mask-h2.icloud.com^$dnsrewrite=NXDOMAIN",
        "||mask.icloud.com^$dnsrewrite=NXDOMAIN",
        "||use-application-dns.net^$dnsrewrite=NXDOMAIN",
    ]


def extension_json(name: str, profile: Profile = OLDEST) -> object:
    return json.loads(made(profile)[f"extension/{name}"])


def test_the_extension_speaks_to_the_service_and_to_nobody_else() -> None:
    manifest = extension_json("manifest.json")
    assert manifest["manifest_version"] == 3
    policy = manifest["content_security_policy"]["extension_pages"]
    assert policy == (
        "default-src 'none'; script-src 'self'; connect-src 'self' https://lists.example.org"
    )
    for name, content in made().items():
        if name.startswith("extension/"):
            hosts = re.findall(r"https?://([a-z0-9.-]+)", content.decode())
            assert set(hosts) <= {"lists.example.org", "stop.example.org"}


def test_every_file_that_the_extension_names_is_there() -> None:
    files, manifest = made(), extension_json("manifest.json")
    named = [
        manifest["background"]["service_worker"],
        manifest["declarative_net_request"]["rule_resources"][0]["path"],
        manifest["storage"]["managed_schema"],
        *manifest["web_accessible_resources"][0]["resources"],
        *re.findall(r'src="([^"]+)"', files["extension/closed.html"].decode()),
        *re.findall(r'from "\./([^"]+)"', files["extension/background.js"].decode()),
        *re.findall(r'getURL\("([^"]+)"\)', files["extension/background.js"].decode()),
    ]
    assert len(named) > 6
    assert {f"extension/{name}" for name in named} <= set(files)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.code)
def test_the_extension_is_small(profile: Profile) -> None:
    sizes = [len(each) for name, each in made(profile).items() if name.startswith("extension/")]
    assert sum(sizes) < LARGEST


def test_the_extension_says_the_same_in_six_languages() -> None:
    spoken = {
        name.split("/")[2]: json.loads(content)
        for name, content in made().items()
        if name.startswith("extension/_locales/")
    }
    assert set(spoken) == {"ar", "en", "es", "fr", "ru", "zh_CN"}
    for messages in spoken.values():
        assert set(messages) == set(spoken["en"])
        assert all(entry["message"].strip() for entry in messages.values())
    assert all(len(each["description"]["message"]) <= 132 for each in spoken.values())


def test_an_allow_list_closes_everything_but_its_sites_and_the_stop_page() -> None:
    closed, allowed = extension_json("rules.json", YOUNGEST)
    assert closed["action"]["redirect"] == {"extensionPath": "/closed.html"}
    assert "requestDomains" not in closed["condition"]
    assert allowed["action"] == {"type": "allow"}
    assert allowed["priority"] > closed["priority"]
    assert allowed["condition"]["requestDomains"] == [
        "songs.example.org",
        "stop.example.org",
        "stories.example.org",
    ]
    assert extension_json("rules.json", OLDEST) == []


def test_the_extension_has_the_hours_of_the_profile() -> None:
    assert extension_json("settings.json", YOUNGEST)["hours"] == [
        {
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "opens": 8 * 60,
            "closes": 18 * 60,
        }
    ]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.code)
def test_no_listed_address_appears_in_any_file(profile: Profile) -> None:
    """Neither in plain text nor escaped, nor as a hash or a prefix in any usual spelling."""
    secrets: set[str] = set()
    for entry in LISTED:
        host = entry.address.partition("/")[0]
        full = sha256((entry.address if "/" in entry.address else host + "/").encode()).digest()
        secrets |= {entry.address, host, host.removeprefix("www."), quote(entry.address, safe="")}
        secrets |= {host.split(".")[-2], host.replace(".", "[.]"), host[::-1]}
        secrets |= {base64.b64encode(entry.address.encode()).decode().rstrip("=")[:-1]}
        for part in (full, full[:4]):
            secrets |= {part.hex(), base64.b64encode(part).decode().rstrip("=")}
            secrets |= {str(int.from_bytes(part, "big")), str(int.from_bytes(part, "little"))}
    assert len(secrets) > 40
    files = made(profile)
    for name, content in files.items():
        text = content.decode().lower()
        assert [each for each in secrets if each.lower() in text] == [], name
    zipped = as_zip(files)
    assert [each for each in secrets if each.encode() in zipped] == []


def test_a_profile_that_allows_a_listed_site_is_refused_without_naming_it() -> None:
    for name in ("reef.test", "www.reef.test", "www.lagoon.test"):
        allowing = YOUNGEST.model_copy(update={"allow": (*YOUNGEST.allow, name)})
        with pytest.raises(ListedInAllowed) as refused:
            made(allowing)
        assert name not in str(refused.value)


def test_the_same_set_is_the_same_bytes() -> None:
    assert as_zip(made()) == as_zip(dict(reversed(made().items())))
    assert as_zip(made(YOUNGEST)) != as_zip(made(OLDEST))


def test_the_set_is_written_to_a_folder_and_a_zip_file_alike(tmp_path: Path) -> None:
    files = made()
    write_folder(files, tmp_path)
    written = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(io.BytesIO(as_zip(files))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == written == files


def test_every_sentence_goes_through_the_translator() -> None:
    heard: list[str] = []

    def loud(text: str) -> str:
        heard.append(text)
        return text.upper().replace("{CANARY}", "{canary}").replace("{NAME}", "{name}")

    def patient(text: str) -> str:
        return re.sub(r"\{[A-Z_]+\}", lambda found: found[0].lower(), loud(text))

    files = family_set(SERVICE, OLDEST, is_listed=is_listed, translate=patient)
    assert sorted(heard) == sorted(source_strings())
    assert "TYPE: dns.filter.example.org" in files["android/private-dns.txt"].decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 46),
        ("name", "two\nlines"),
        ("resolver", "dns"),
        ("resolver", "dns.example.org/x"),
        ("resolver", "DNS.example.org"),
        ("resolver", "192.0.2.53"),
        ("canary", "a b.example.org"),
        ("addresses", ()),
        ("addresses", ("192.0.2.300",)),
        ("stop_page", "http://stop.example.org/"),
        ("list_url", "https://lists.example.org/?x=1"),
        ("search_url", "https://lists.example.org"),
        ("search_url", "https://u@lists.example.org/"),
    ],
)
def test_a_service_that_devices_could_not_use_is_refused(field: str, value: object) -> None:
    with pytest.raises(ServiceWrong):
        FilterService(**fields(SERVICE) | {field: value})
