# SPDX-License-Identifier: Apache-2.0
"""From a host to who hosts it, with the source and the day of every fact."""

import json

import pytest

from hearthline.kit.hosting import (
    Hosting,
    HostRefused,
    Kind,
    Line,
    Part,
    Step,
    Way,
    What,
    kind_of,
    read,
    registered_domain,
)
from hearthline.kit.hosting.tests.register import (
    AT,
    HOST,
    IP,
    OTHER_IP,
    PROXY_IP,
    answer,
    asking,
    card,
    domain,
    entity,
    line,
    look,
    network,
    records,
)
from hearthline.kit.urls import ResolutionFailed
from hearthline.kit.urls.tests.loopback import Host


def codes(found: Hosting, step: Step) -> list[str]:
    return [failure.code for failure in found.failures if failure.step == step]


def test_everything_about_a_host_is_found_with_its_source_and_day(register: Host) -> None:
    found = look(register)
    assert (found.host, found.kind, found.way) == (HOST, Kind.SITE, Way.TELL_HOST)
    assert found.values(What.DOMAIN) == ("harbour-host.test",)
    assert found.values(What.ADDRESS) == (IP,)
    assert found.values(What.NAMESERVER) == ("ns1.harbour-host.test", "ns2.harbour-host.test")
    (block,) = found.of(What.NETWORK)
    assert (block.value, block.of, block.part) == ("8.8.0.0 - 8.8.255.255", IP, Part.HOST)
    assert (block.source, block.at, block.dated) == ("rdap.register.test", AT, "2026-03-04")
    assert found.values(What.NAME, Part.HOST) == ("Harbour Networks",)
    assert found.values(What.ABUSE, Part.HOST) == ("abuse@harbour-net.test",)
    assert found.values(What.NAME, Part.REGISTRAR) == ("Quay Names",)
    assert found.country is not None
    assert (found.country.value, found.country.source) == ("XS", "rdap.register.test")
    assert found.failures == ()


def test_the_registrars_abuse_desk_is_never_the_networks(register: Host) -> None:
    found = look(register)
    assert found.values(What.ABUSE, Part.REGISTRAR) == ("abuse@quay-names.test",)
    assert "abuse@quay-names.test" not in found.values(What.ABUSE, Part.HOST)


def test_what_was_found_is_kept_and_read_again(register: Host) -> None:
    found = look(register)
    assert read(json.loads(json.dumps(found.record()))) == found


@pytest.mark.parametrize(
    ("host", "domain_name", "shared"),
    [
        ("a.b.example.co.uk", "example.co.uk", ()),
        ("someone.github.io", "github.io", ("github.io",)),
        ("github.io", "github.io", ("github.io",)),
    ],
)
def test_the_registered_domain_is_the_one_a_registrar_sold(
    register: Host, host: str, domain_name: str, shared: tuple[str, ...]
) -> None:
    found = look(register, host)
    assert found.values(What.DOMAIN) == (domain_name,)
    assert found.values(What.SHARED) == shared
    assert found.of(What.DOMAIN)[0].source == "Public Suffix List"
    assert found.of(What.DOMAIN)[0].dated.startswith("20")


def test_a_bare_suffix_has_no_registrar(register: Host) -> None:
    found = look(register, "co.uk")
    assert registered_domain("co.uk") == ""
    assert codes(found, Step.DOMAIN) == ["public_suffix"]
    assert not found.of(What.NAME, Part.REGISTRAR)


def test_an_ip_address_has_a_network_and_no_registrar(register: Host) -> None:
    found = look(register, IP)
    assert found.kind is Kind.IP
    assert found.values(What.ABUSE) == ("abuse@harbour-net.test",)
    assert not any(b"/domain/" in request for request in register.requests)


def test_an_ipv6_address_is_asked_for_too(register: Host) -> None:
    six = "2001:4860::8"
    register.answers[f"/ip/{six}"] = answer(
        network(startAddress="2001:4860::", endAddress="2001:4860:ffff::")
    )
    assert look(register, f"[{six}]").values(What.ABUSE) == ("abuse@harbour-net.test",)


def test_names_that_stand_for_other_names_are_followed_and_a_circle_ends(register: Host) -> None:
    zone = records(
        **{
            f"{HOST}|CNAME": ["a.test"],
            "a.test|CNAME": ["b.test"],
            "b.test|CNAME": ["a.test"],
        }
    )
    assert look(register, ask=asking(zone)).values(What.ALIAS) == ("a.test", "b.test")


def test_two_addresses_of_one_network_are_one_question(register: Host) -> None:
    look(register, ask=asking(records(**{f"{HOST}|A": [IP, "8.8.8.8"]})))
    assert sum(b"/ip/" in request for request in register.requests) == 1


def test_so_many_networks_are_asked_for_and_no_more(register: Host) -> None:
    many = [f"{n}.1.1.1" for n in (11, 12, 13, 15, 16, 17)]
    for ip in many:
        register.answers[f"/ip/{ip}"] = answer(network(startAddress=ip, endAddress=ip))
    found = look(register, ask=asking(records(**{f"{HOST}|A": many})))
    assert codes(found, Step.NETWORK) == ["too_many"]
    assert len(found.of(What.NETWORK)) == 4


def test_registers_that_fail_are_asked_no_more_often(register: Host) -> None:
    many = [f"{n}.1.1.1" for n in (11, 12, 13, 15, 16, 17)]
    found = look(register, ask=asking(records(**{f"{HOST}|A": many})))
    assert codes(found, Step.NETWORK) == ["not_found"] * 4 + ["too_many"]
    assert sum(b"/ip/" in request for request in register.requests) == 4


def test_two_countries_are_none(register: Host) -> None:
    register.answers[f"/ip/{OTHER_IP}"] = answer(
        network(startAddress=OTHER_IP, endAddress=OTHER_IP, country="XN")
    )
    found = look(register, ask=asking(records(**{f"{HOST}|A": [IP, OTHER_IP]})))
    assert found.country is None
    assert codes(found, Step.COUNTRY) == ["several_countries"]


# Behind a proxy


def a_proxied(register: Host, **options: object) -> Hosting:
    register.answers[f"/ip/{PROXY_IP}"] = answer(
        network(startAddress="104.16.0.0", endAddress="104.23.255.255", country="US")
    )
    zone = records(**{f"{HOST}|A": [PROXY_IP]})
    return look(register, ask=asking(zone), **options)


def test_a_proxy_is_told_from_the_host_and_hides_the_country(register: Host) -> None:
    found = a_proxied(register)
    (name,) = found.of(What.NAME, Part.PROXY)
    assert (name.value, name.verified, name.dated) == ("Cloudflare", False, "2026-11-22")
    assert "abuse@harbour-net.test" in found.values(What.ABUSE, Part.PROXY)
    assert not found.of(What.ABUSE, Part.HOST)
    assert found.country is None
    assert codes(found, Step.COUNTRY) == ["behind_proxy"]


def test_behind_a_proxy_both_it_and_the_known_origin_have_contacts(register: Host) -> None:
    found = a_proxied(register, origin=IP)
    assert found.proxied
    assert found.values(What.ABUSE, Part.ORIGIN) == ("abuse@harbour-net.test",)
    assert found.values(What.ABUSE, Part.PROXY)
    assert found.country is not None
    assert found.country.value == "XS"


@pytest.mark.parametrize(
    "sign",
    [
        {f"{HOST}|CNAME": ["x.global.fastly.net"], "x.global.fastly.net|A": [IP]},
        {f"{HOST}|CNAME": ["d1.cloudfront.net"], "d1.cloudfront.net|A": [IP]},
    ],
)
def test_a_proxy_is_recognised_by_the_name_that_leads_to_it(
    register: Host, sign: dict[str, list[str]]
) -> None:
    assert look(register, ask=asking(records(**sign))).proxied


def test_a_proxy_is_recognised_by_its_as(register: Host) -> None:
    register.answers[f"/ip/{IP}"] = answer(network(arin_originas0_originautnums=[13335]))
    found = look(register)
    assert found.values(What.NAME, Part.PROXY) == ("Cloudflare",)
    assert found.values(What.AUTNUM) == ("13335",)


def test_a_name_that_only_looks_alike_is_no_proxy(register: Host) -> None:
    lookalike = "cloudfront.net.harbour-host.test"
    zone = records(**{f"{HOST}|CNAME": [lookalike], f"{lookalike}|A": [IP]})
    assert not look(register, ask=asking(zone)).proxied


# Places that take their own way


@pytest.mark.parametrize(
    ("host", "kind", "way"),
    [
        ("a" * 56 + ".onion", Kind.ONION, Way.TELL_POLICE_AND_PARTNERS),
        ("apps.apple.com", Kind.APP_STORE, Way.TELL_STORE),
        ("play.google.com", Kind.APP_STORE, Way.TELL_STORE),
    ],
)
def test_onion_and_store_addresses_take_their_own_way_and_nobody_is_asked(
    register: Host, host: str, kind: Kind, way: Way
) -> None:
    def never(name: str, record: str) -> list[str]:
        raise AssertionError(name)

    found = look(register, host, ask=never)
    assert (found.kind, found.way, kind_of(host)) == (kind, way, kind)
    assert register.requests == []


def test_a_store_is_named(register: Host) -> None:
    assert look(register, "apps.apple.com").values(What.NAME, Part.STORE) == ("App Store",)


@pytest.mark.parametrize("text", ["", "two words", "host.test/path", "host.test:99", "a.test?x"])
def test_what_is_no_host_is_refused(register: Host, text: str) -> None:
    with pytest.raises(HostRefused):
        look(register, text)


# Steps that fail are facts too


def test_a_name_that_is_gone_is_said_and_its_registrar_still_found(register: Host) -> None:
    found = look(register, ask=asking({}))
    assert codes(found, Step.ADDRESSES) == ["name_not_found"]
    assert codes(found, Step.NAMESERVERS) == ["name_not_found"]
    assert codes(found, Step.COUNTRY) == ["unknown"]
    assert found.values(What.NAME, Part.REGISTRAR) == ("Quay Names",)


def test_a_resolver_without_an_answer_is_said(register: Host) -> None:
    zone = records(**{f"{HOST}|A": ResolutionFailed, f"{HOST}|AAAA": ResolutionFailed})
    found = look(register, ask=asking(zone))
    assert codes(found, Step.ADDRESSES) == ["resolution_failed"]


def test_one_family_that_fails_does_not_hide_the_other(register: Host) -> None:
    found = look(register, ask=asking(records(**{f"{HOST}|AAAA": ResolutionFailed})))
    assert found.values(What.ADDRESS) == (IP,)
    assert codes(found, Step.ADDRESSES) == []


def test_a_name_without_an_address_is_said(register: Host) -> None:
    found = look(register, ask=asking(records(**{f"{HOST}|A": []})))
    assert codes(found, Step.ADDRESSES) == ["no_address"]


def test_a_name_that_leads_inside_is_told_to_no_register(register: Host) -> None:
    found = look(register, ask=asking(records(**{f"{HOST}|A": ["10.0.0.7"]})))
    assert codes(found, Step.NETWORK) == ["not_public"]
    assert not any(b"/ip/" in request for request in register.requests)


def test_a_register_that_nobody_listed_is_said(register: Host) -> None:
    found = look(register, "www.harbour.example")
    assert codes(found, Step.REGISTRAR) == ["no_server"]


def test_one_register_that_is_silent_does_not_hide_the_other(register: Host) -> None:
    register.answers[f"/ip/{IP}"] = lambda _visitor: register.closing.wait(1)
    found = look(register, line=line(timeout=0.3))
    assert codes(found, Step.NETWORK) == ["timeout"]
    assert found.values(What.NAME, Part.REGISTRAR) == ("Quay Names",)


def test_a_network_without_an_abuse_desk_is_said(register: Host) -> None:
    register.answers[f"/ip/{IP}"] = answer(network(entities=[]))
    found = look(register)
    assert codes(found, Step.NETWORK) == ["no_abuse_contact"]
    assert found.values(What.NAME, Part.HOST) == ("HARBOUR-NET",)


@pytest.mark.parametrize(
    "document",
    [
        {"objectClassName": "domain"},
        network(startAddress="9.0.0.0", endAddress="9.255.255.255"),
        network(startAddress="no address"),
        network(startAddress="2001:db8::", endAddress="2001:db8::1"),
        {},
    ],
)
def test_an_answer_about_something_else_is_not_taken(register: Host, document: object) -> None:
    register.answers[f"/ip/{IP}"] = answer(document)
    found = look(register)
    assert codes(found, Step.NETWORK) == ["not_rdap"]
    assert not found.of(What.NETWORK)


def test_a_registration_of_another_domain_is_not_taken(register: Host) -> None:
    register.answers["/domain/harbour-host.test"] = answer(domain(ldhName="other.test"))
    assert codes(look(register), Step.REGISTRAR) == ["not_rdap"]


@pytest.mark.parametrize(
    "vcard",
    [
        None,
        "vcard",
        ["vcard"],
        ["vcard", "rows"],
        ["vcard", [["email"]]],
        ["vcard", [["email", {}, "text", 7]]],
        ["vcard", [["email", {}, "text", ["a@b.test"]]]],
        ["vcard", [[7, {}, "text", "a@b.test"], None, {}]],
        card(email="not an address"),
        card(email="two@at@signs.test"),
        card(email="a@b.test\r\nBcc: c@d.test"),
        card(email='"Abuse" <a@b.test>'),
        card(email="x" * 300 + "@b.test"),
    ],
)
def test_a_malformed_card_gives_no_contact_and_no_trouble(register: Host, vcard: object) -> None:
    broken = {**entity("abuse"), "vcardArray": vcard}
    register.answers[f"/ip/{IP}"] = answer(network(entities=[broken, "text", None]))
    found = look(register)
    assert found.values(What.ABUSE, Part.HOST) == ()
    assert codes(found, Step.NETWORK) == ["no_abuse_contact"]


def test_entities_nested_without_end_are_left_after_a_few(register: Host) -> None:
    inner = entity("abuse", email="deep@harbour-net.test")
    for _ in range(6):
        inner = entity("technical", entities=[inner])
    register.answers[f"/ip/{IP}"] = answer(network(entities=[inner]))
    assert look(register).values(What.ABUSE, Part.HOST) == ()


def test_names_of_strangers_are_one_plain_line(register: Host) -> None:
    holder = entity("registrant", name="Harbour\r\n\x1b[2J Net" + "x" * 500)
    register.answers[f"/ip/{IP}"] = answer(network(entities=[holder]))
    (name,) = look(register).values(What.NAME, Part.HOST)
    assert name.startswith("Harbour [2J Net")
    assert len(name) == 200


# A change of host


def test_a_host_has_moved_when_it_answers_from_other_networks(register: Host) -> None:
    before = look(register)
    register.answers[f"/ip/{OTHER_IP}"] = answer(
        network(startAddress=OTHER_IP, endAddress=OTHER_IP)
    )
    after = look(register, ask=asking(records(**{f"{HOST}|A": [OTHER_IP]})))
    assert after.moved_from(before)
    assert before.moved_from(after)


def test_another_address_of_the_same_network_is_no_move(register: Host) -> None:
    register.answers["/ip/8.8.8.8"] = answer(network())
    after = look(register, ask=asking(records(**{f"{HOST}|A": ["8.8.8.8"]})))
    assert not after.moved_from(look(register))


def test_another_address_of_the_same_proxy_is_no_move(register: Host) -> None:
    zone = records(**{f"{HOST}|A": ["172.64.0.9"]})
    assert not look(register, ask=asking(zone)).moved_from(a_proxied(register))


def test_a_look_that_learnt_nothing_is_no_move(register: Host) -> None:
    nothing, before = look(register, ask=asking({})), look(register)
    assert not nothing.moved_from(before)
    assert not before.moved_from(nothing)


def test_the_guard_is_public_addresses_only_unless_told_otherwise(register: Host) -> None:
    found = look(register, line=Line(resolve=line().resolve, plain=True))
    assert codes(found, Step.NETWORK) == ["not_allowed"]
    assert codes(found, Step.REGISTRAR) == ["not_allowed"]
    assert register.requests == []
