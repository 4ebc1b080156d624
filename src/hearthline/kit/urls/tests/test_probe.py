# SPDX-License-Identifier: Apache-2.0
"""Checking an address that somebody reported, against real servers on the loopback."""

import json
import socket
from pathlib import Path

import pytest

from hearthline.kit.urls import ResolutionFailed, Verdict, probe, public_only, system_resolve
from hearthline.kit.urls.tests.loopback import (
    LOOPBACK,
    OK,
    Host,
    a_certificate,
    check,
    hosting,
    redirect,
)


def test_a_page_that_answers_is_present(host: Host) -> None:
    host.answers["/x?y=1"] = OK
    seen = check(host.url("/x?y=1#part"))
    assert (seen.verdict, seen.reason) == (Verdict.PRESENT, "http_200")
    (step,) = seen.steps
    assert (step.addresses, step.ip, step.status, step.error) == ((LOOPBACK,), LOOPBACK, 200, "")


def test_the_request_is_a_plain_head_and_tells_nothing_else(host: Host) -> None:
    check(f"http://user:secret@site.test:{host.port}/a%2Fb?u=%26#x")
    assert host.requests == [
        b"HEAD /a%2Fb?u=%26 HTTP/1.1\r\n"
        b"Host: site.test:" + str(host.port).encode() + b"\r\n"
        b"User-Agent: Hearthline availability check\r\n"
        b"Accept: */*\r\nConnection: close\r\n\r\n"
    ]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.PRESENT),
        (204, Verdict.PRESENT),
        (206, Verdict.PRESENT),
        (404, Verdict.ABSENT),
        (410, Verdict.ABSENT),
        (451, Verdict.ABSENT),
        (301, Verdict.UNCLEAR),  # without a Location
        (304, Verdict.UNCLEAR),
        (400, Verdict.UNCLEAR),
        (401, Verdict.UNCLEAR),
        (403, Verdict.UNCLEAR),
        (405, Verdict.UNCLEAR),
        (429, Verdict.UNCLEAR),
        (500, Verdict.UNCLEAR),
        (503, Verdict.UNCLEAR),
    ],
)
def test_only_a_clear_status_gives_a_clear_verdict(
    host: Host, status: int, verdict: Verdict
) -> None:
    host.answers["/x"] = f"HTTP/1.1 {status} Word\r\n\r\n".encode()
    seen = check(host.url("/x"))
    assert (seen.verdict, seen.reason) == (verdict, f"http_{status}")


def test_a_name_that_does_not_exist_is_absent() -> None:
    seen = check("http://missing.test/x")
    assert (seen.verdict, seen.reason) == (Verdict.ABSENT, "name_not_found")
    assert check("http://empty.test/", resolve=lambda name: []).verdict is Verdict.ABSENT


def test_a_resolver_without_an_answer_says_nothing_about_the_page() -> None:
    seen = check("http://silent-dns.test/x")
    assert (seen.verdict, seen.reason) == (Verdict.UNREACHABLE, "resolution_failed")


def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
    seen = check(f"http://site.test:{port}/x")
    assert (seen.verdict, seen.reason) == (Verdict.UNREACHABLE, "refused")


def test_a_second_address_is_tried_when_the_first_does_not_answer(host: Host) -> None:
    host.answers["/x"] = OK
    seen = check(
        host.url("/x"),
        resolve=lambda name: ["127.0.0.9", LOOPBACK],
        allow=lambda address, port: True,
    )
    assert (seen.verdict, seen.steps[0].ip) == (Verdict.PRESENT, LOOPBACK)


def test_a_redirect_inside_the_site_is_followed(host: Host) -> None:
    host.answers["/old"] = redirect("new/page?x=1")
    host.answers["/new/page?x=1"] = OK
    seen = check(host.url("/old"))
    assert seen.verdict is Verdict.PRESENT
    assert [step.status for step in seen.steps] == [302, 200]
    assert seen.steps[0].location == "new/page?x=1"


def test_a_removed_page_behind_a_redirect_is_absent(host: Host) -> None:
    host.answers["/old"] = redirect("/gone")
    assert check(host.url("/old")).verdict is Verdict.ABSENT


def test_a_redirect_to_a_front_page_says_nothing_about_the_page(host: Host) -> None:
    host.answers["/"] = OK
    host.answers["/old"] = redirect(host.url("/", "elsewhere.test"))
    host.answers["/older"] = redirect("/")
    for path in ("/old", "/older"):
        seen = check(host.url(path))
        assert (seen.verdict, seen.reason) == (Verdict.UNCLEAR, "front_page")


def test_a_front_page_that_was_asked_for_is_present(host: Host) -> None:
    host.answers["/"] = OK
    assert check(host.url("/")).verdict is Verdict.PRESENT


def test_a_redirect_from_www_to_the_bare_name_is_the_same_front_page() -> None:
    with hosting() as www, hosting() as bare:
        www.answers["/"] = redirect(bare.url("/"))
        bare.answers["/"] = OK
        assert check(www.url("/", "www.site.test")).verdict is Verdict.PRESENT


def test_redirects_without_end_are_given_up(host: Host) -> None:
    host.answers["/x"] = redirect("/x")
    seen = check(host.url("/x"), max_redirects=3)
    assert (seen.verdict, seen.reason) == (Verdict.UNCLEAR, "too_many_redirects")
    assert len(host.requests) == 4


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("http://10.0.0.1/", "not_allowed"),
        ("http://inside.test/", "not_allowed"),
        ("http://169.254.169.254/latest/", "not_allowed"),
        ("//0x0a.1/", "not_allowed"),
        ("http://[::1]/", "not_allowed"),
        ("http://[::ffff:10.0.0.1]/", "not_allowed"),
        ("ftp://site.test/", "redirect_scheme"),
        ("file:///etc/hosts", "redirect_scheme"),
        ("http://[", "redirect_not_an_address"),
        ("http://site.test/" + "x" * 3000, "redirect_too_long"),
    ],
)
def test_a_redirect_to_a_forbidden_place_is_not_followed(
    host: Host, place: str, reason: str
) -> None:
    host.answers["/x"] = redirect(place)
    seen = check(host.url("/x"))
    assert (seen.verdict, seen.reason) == (Verdict.REFUSED, reason)
    assert len(host.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://2130706433/",
        "http://１２７.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://0.0.0.0/",
        "http://10.1.2.3/",
        "http://100.64.0.1/",
        "http://169.254.169.254/",
        "http://192.168.0.1/",
        "http://224.0.0.1/",
        "http://any-name.test/",
        "http://x@any-name.test./",
    ],
)
def test_no_spelling_of_a_forbidden_address_is_connected_to(url: str) -> None:
    seen = probe(url, resolve=lambda name: [LOOPBACK], allow=public_only)
    assert (seen.verdict, seen.reason) == (Verdict.REFUSED, "not_allowed")
    assert seen.steps[0].ip == ""


def test_every_answer_of_the_resolver_must_be_allowed(host: Host) -> None:
    seen = check(host.url("/x", "mixed.test"))
    assert seen.verdict is Verdict.REFUSED
    assert seen.steps[0].addresses == (LOOPBACK, "10.0.0.1")
    assert host.requests == []


def test_a_port_outside_the_list_is_refused() -> None:
    seen = probe("http://site.test:22/", resolve=lambda name: ["1.1.1.1"])
    assert (seen.verdict, seen.reason) == (Verdict.REFUSED, "not_allowed")


def test_a_resolver_that_changes_its_answer_is_only_asked_once(host: Host) -> None:
    asked: list[str] = []

    def rebinding(name: str) -> list[str]:
        asked.append(name)
        return [LOOPBACK] if len(asked) == 1 else ["10.0.0.1"]

    host.answers["/x"] = redirect("/y")
    host.answers["/y"] = OK
    seen = check(host.url("/x"), resolve=rebinding)
    assert seen.verdict is Verdict.PRESENT
    assert {step.ip for step in seen.steps} == {LOOPBACK}
    assert asked == ["site.test"]


def test_an_onion_name_is_never_resolved() -> None:
    def resolve(name: str) -> list[str]:
        raise AssertionError(name)

    seen = check("http://abc.onion/", resolve=resolve)
    assert (seen.verdict, seen.reason) == (Verdict.UNCLEAR, "onion")


def test_what_is_no_address_is_refused_without_a_step() -> None:
    seen = check("ftp://site.test/")
    assert (seen.verdict, seen.reason, seen.steps) == (Verdict.REFUSED, "scheme", ())


def test_the_facts_are_plain_json(tmp_path: Path) -> None:
    context, _ = a_certificate(tmp_path)
    with hosting(context) as host:
        facts = check(host.url("/gone", scheme="https")).facts()
    assert json.loads(json.dumps(facts)) == facts
    assert facts["verdict"] == "absent"
    assert facts["reason"] == "http_404"


def test_the_systems_resolver_knows_the_loopback() -> None:
    assert set(system_resolve("localhost")) <= {LOOPBACK, "::1"}


def test_a_name_no_resolver_can_carry_is_no_proof_of_absence() -> None:
    with pytest.raises(ResolutionFailed):
        system_resolve("a" * 64 + ".test")
