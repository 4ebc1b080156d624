# SPDX-License-Identifier: Apache-2.0
"""Where a check may connect to."""

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.urls import PORTS, is_public, public_only


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450::1",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
    ],
)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        # IPv4
        "0.0.0.0",  # noqa: S104
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        # IPv6
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700:4700::1111%1",
        "fec0::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "3fff::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "4000::1",
        "5f00::1",
        # IPv4 inside IPv6
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:a9fe:a9fe",
        "::127.0.0.1",
        "::1.1.1.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::192.168.0.1",
        "64:ff9b:1::1.1.1.1",
        "2002:7f00:1::1",
        "2002:c0a8:101::1",
        "2001:0:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "2a00:1450::5efe:10.0.0.1",
        "2a00:1450::200:5efe:192.168.0.1",
        # Not addresses
        "",
        "localhost",
        "example.org",
        "127.1",
        "0177.0.0.1",
        "0x7f000001",
        "2130706433",
        "1.1.1.1:80",
        "[::1]",
        "1.1.1.1 ",
        "１.1.1.1",
    ],
)
def test_everything_else_is_refused(address: str) -> None:
    assert not is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_ipv4_inside_ipv6_is_never_more_public_than_itself(number: int) -> None:
    inner = IPv4Address(number)
    for prefix in (0, 0xFFFF << 32, 0xFFFF << 48, 0x64_FF9B << 96):
        if is_public(str(IPv6Address(prefix | number))):
            assert is_public(str(inner))


@given(st.ip_addresses())
def test_nothing_the_standard_library_calls_private_passes(
    address: IPv4Address | IPv6Address,
) -> None:
    if address.is_private or address.is_multicast or address.is_link_local:
        mapped = getattr(address, "ipv4_mapped", None)
        assert not is_public(str(address)) or (mapped and is_public(str(mapped)))


@given(st.text())
def test_it_answers_for_any_text(text: str) -> None:
    if is_public(text):
        family = socket.AF_INET6 if ":" in text else socket.AF_INET
        assert socket.inet_pton(family, text)


def test_only_the_webs_own_ports_pass() -> None:
    assert {80, 443, 8080, 8443} == PORTS
    assert public_only("1.1.1.1", 443)
    for port in (0, 22, 25, 6379, 8000, 65535):
        assert not public_only("1.1.1.1", port)
    assert not public_only("127.0.0.1", 80)
