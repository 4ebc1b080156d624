# SPDX-License-Identifier: Apache-2.0
"""Which register answers for a number or a name."""

import json
from pathlib import Path

import pytest

from hearthline.kit.hosting import BootstrapRefused, from_folder, shipped
from hearthline.kit.hosting.proxies import proxies, stores

FILE = {
    "publication": "2026-01-02T03:04:05Z",
    "services": [[["test"], ["http://a.test", "https://b.test"]]],
}
NETWORKS = {"publication": "2026-01-02", "services": [[["8.0.0.0/8"], ["https://a.test/"]]]}


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("193.0.0.1", "https://rdap.db.ripe.net/"),
        ("8.8.4.4", "https://rdap.arin.net/registry/"),
        ("1.1.1.1", "https://rdap.apnic.net/"),
        ("41.0.0.1", "https://rdap.afrinic.net/rdap/"),
        ("200.0.0.1", "https://rdap.lacnic.net/rdap/"),
        ("2a00::1", "https://rdap.db.ripe.net/"),
        ("2c0f::1", "https://rdap.afrinic.net/rdap/"),
    ],
)
def test_each_region_has_its_register(address: str, server: str) -> None:
    assert shipped().for_ip(address) == (server,)


def test_space_that_nobody_was_given_has_no_register() -> None:
    for address in ("10.0.0.1", "127.0.0.1", "240.0.0.1", "fe80::1"):
        assert shipped().for_ip(address) == ()


def test_a_domain_has_the_register_of_its_longest_listed_suffix() -> None:
    assert shipped().for_domain("harbour-host.com") == ("https://rdap.verisign.com/com/v1/",)
    assert shipped().for_domain("harbour-host.test") == ()


def test_the_longest_network_decides(tmp_path: Path) -> None:
    services = [[["8.0.0.0/8"], ["https://a.test/"]], [["8.8.0.0/16"], ["https://b.test/"]]]
    found = from_folder(_folder(tmp_path, ipv4={"services": services}))
    assert found.for_ip("8.8.4.4") == ("https://b.test/",)
    assert found.for_ip("8.9.4.4") == ("https://a.test/",)


def test_newer_files_are_read_from_a_folder_and_https_comes_first(tmp_path: Path) -> None:
    found = from_folder(_folder(tmp_path))
    assert found.for_domain("a.test") == ("https://b.test/", "http://a.test/")
    assert found.dns.published == "2026-01-02"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"dns": "{"}, "dns.json"),
        ({"dns": []}, "holds no object"),
        ({"dns": {}}, "not as RFC 9224 says"),
        ({"dns": {"services": [["test"]]}}, "not as RFC 9224 says"),
        ({"dns": {"services": [[["test"], [7]]]}}, "not as RFC 9224 says"),
        ({"ipv4": {"services": [[["no network"], ["https://a.test/"]]]}}, "ipv4.json"),
        ({"ipv6": None}, "could not be read"),
    ],
)
def test_a_file_out_of_order_is_refused_by_name(
    tmp_path: Path, files: dict[str, object], words: str
) -> None:
    with pytest.raises(BootstrapRefused, match=words):
        from_folder(_folder(tmp_path, **files))


def test_the_data_files_say_where_they_are_from_and_that_nobody_checked_them() -> None:
    assert all(proxy.source and not proxy.verified for proxy in proxies())
    assert all(store.source and not store.verified for store in stores().values())
    for proxy in proxies():
        assert not proxy.stands_at("203.0.113.7")
    shipped_file = Path(__file__).parents[1] / "data" / "bootstrap.json"
    document = json.loads(shipped_file.read_text(encoding="utf-8"))
    assert document["source"]
    assert document["verified"] is False


def _folder(folder: Path, **files: object) -> Path:
    plain: dict[str, object] = {"ipv4": NETWORKS, "ipv6": {"services": []}, "dns": FILE}
    for name, content in {**plain, **files}.items():
        if content is not None:
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder
