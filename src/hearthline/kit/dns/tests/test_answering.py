# SPDX-License-Identifier: Apache-2.0
"""What the primary answers, as another implementation of the DNS reads it."""

from pathlib import Path

import dns.message
import dns.rcode
import dns.tsig
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.kit.dns import wire
from hearthline.kit.dns.answering import Answers
from hearthline.kit.dns.tests import make
from hearthline.kit.dns.tests.make import KEY, NAMES, OTHER_KEY, ZONE

HERE = "127.0.0.1"
HOSTS = st.sets(st.from_regex(r"[a-c]\.[a-b]\.test", fullmatch=True), max_size=4)
MORE = [*NAMES[1:], ("new.example", True)]


@pytest.fixture
def served(tmp_path: Path) -> Answers:
    """Serials 1 and 2: n0.example went, new.example came."""
    make.written(tmp_path, 1)
    held = make.editions(tmp_path)
    held.refresh()
    make.written(tmp_path, 2, MORE)
    held.refresh()
    return make.answers(held)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """One list for all bytes that are thrown at it."""
    folder = tmp_path_factory.mktemp("steady")
    make.written(folder)
    held = make.editions(folder)
    held.refresh()
    return make.answers(held, keyless=True)


def transferred(served: Answers, kind: str = "AXFR", **how) -> list[tuple[str, str, str]]:
    asked, message = make.query(kind, **how)
    return make.rows(make.read(asked, list(served.to(message, HERE, over_tcp=True))))


def answered(served: Answers, message: bytes, address: str = HERE) -> dns.message.Message:
    (answer,) = served.to(message, address, over_tcp=True)
    return dns.message.from_wire(answer, keyring=False, ignore_trailing=False)


@pytest.mark.parametrize("stop", [make.STOP, make.STOP[:1], None])
def test_a_full_transfer_brings_what_the_zone_file_has(tmp_path: Path, stop):
    make.written(tmp_path, 7)
    held = make.editions(tmp_path, stop_addresses=stop)
    held.refresh()
    rows = transferred(make.answers(held))
    assert rows[0] == rows[-1]
    assert rows[0][:2] == ("@", "SOA")
    assert len(rows) == len(set(rows)) + 1
    assert set(rows) == make.from_file(NAMES, 7, stop_addresses=stop)


def test_an_incremental_transfer_brings_what_changed(served: Answers):
    rows = transferred(served, "IXFR", serial=1)
    soa = [number for number, row in enumerate(rows) if row[1] == "SOA"]
    assert [rows[number][2].split()[2] for number in soa] == ["2", "1", "2", "2"]
    removed, added = set(rows[soa[1] + 1 : soa[2]]), set(rows[soa[2] + 1 : soa[3]])
    old, new = make.from_file(NAMES, 1), make.from_file(MORE, 2)
    old, new = ({row for row in zone if row[1] != "SOA"} for zone in (old, new))
    assert (removed, added) == (old - new, new - old)


def test_several_versions_are_caught_up_with_in_turn(tmp_path: Path):
    make.written(tmp_path, 1)
    held = make.editions(tmp_path)
    held.refresh()
    for serial in (2, 3):
        make.written(tmp_path, serial, [*NAMES, (f"new{serial}.example", False)])
        held.refresh()
    rows = transferred(make.answers(held), "IXFR", serial=1)
    serials = [row[2].split()[2] for row in rows if row[1] == "SOA"]
    assert serials == ["3", "1", "2", "2", "3", "3"]


@settings(max_examples=20)
@given(st.lists(HOSTS, min_size=2, max_size=5), st.data())
def test_whoever_has_any_version_comes_to_the_newest(tmp_path_factory, lists, data):
    folder = tmp_path_factory.mktemp("versions")
    held = make.editions(folder)
    for serial, hosts in enumerate(lists, start=1):
        make.written(folder, serial, [*NAMES, *((host, True) for host in hosts)])
        if data.draw(st.booleans()):  # the primary sees every version, or some
            held.refresh()
    held.refresh()
    start = data.draw(st.integers(1, len(lists)))
    old = [*NAMES, *((host, True) for host in lists[start - 1])]
    rows = transferred(make.answers(held), "IXFR", serial=start)
    has = make.from_file(old, start)
    if len(rows) > 1:
        has = applied(has, rows)
    assert has == make.from_file([*NAMES, *((host, True) for host in lists[-1])], len(lists))


def applied(has: make.Records, rows: list[tuple[str, str, str]]) -> make.Records:
    """The records after an incremental transfer, RFC 1995 section 4, or a full one."""
    if rows[1][1] != "SOA":
        return set(rows)
    adding = True
    for row in rows[1:-1]:
        if row[1] == "SOA":
            adding = not adding
        if adding:
            assert row not in has
            has = has | {row}
        else:
            assert row in has
            has = has - {row}
    return has


def test_who_is_up_to_date_hears_so(served: Answers):
    assert [row[1] for row in transferred(served, "IXFR", serial=2)] == ["SOA"]


@pytest.mark.parametrize("serial", [2**32 - 1, 2**31 + 3])
def test_a_serial_from_the_other_half_of_the_circle_is_an_older_one(served: Answers, serial: int):
    """RFC 1982: a resolver that held another list before gets the whole of this one."""
    assert set(transferred(served, "IXFR", serial=serial)) == make.from_file(MORE, 2)


def test_over_udp_the_serial_alone_is_told(served: Answers):
    asked, message = make.query("IXFR", serial=1)
    (answer,) = make.read(asked, list(served.to(message, HERE, over_tcp=False)))
    assert [row[1] for row in make.rows([answer])] == ["SOA"]
    _asked, message = make.query("AXFR")
    (refused,) = served.to(message, HERE, over_tcp=False)
    assert refused[3] & 15 == dns.rcode.REFUSED


def test_a_serial_that_is_not_kept_brings_the_whole_list(tmp_path: Path):
    make.written(tmp_path, 5)
    held = make.editions(tmp_path)
    held.refresh()
    rows = transferred(make.answers(held), "IXFR", serial=3)
    assert set(rows) == make.from_file(NAMES, 5)


def test_a_list_of_many_messages_is_signed_in_each(tmp_path: Path):
    names = [(f"host{number}.site{number % 97}.example", True) for number in range(1300)]
    make.written(tmp_path, 1, names)
    held = make.editions(tmp_path)
    held.refresh()
    asked, message = make.query("AXFR")
    messages = list(make.answers(held).to(message, HERE, over_tcp=True))
    assert len(messages) > 3
    assert max(map(len, messages)) <= 65_535
    assert set(make.rows(make.read(asked, messages))) == make.from_file(names, 1)
    with pytest.raises((dns.tsig.BadSignature, AssertionError)):
        make.read(asked, [messages[0], *messages[2:]])


def test_the_names_of_the_zone_itself_are_answered(served: Answers):
    assert [row[:2] for row in transferred(served, "SOA")] == [("@", "SOA")]
    assert [row[:2] for row in transferred(served, "NS")] == [("@", "NS")]
    assert transferred(served, "SOA", name=ZONE.upper())[0][1] == "SOA"


@pytest.mark.parametrize("kind", ["SOA", "AXFR", "IXFR", "A"])
def test_without_a_key_nothing_is_told(served: Answers, kind: str):
    _asked, message = make.query(kind, key=None, serial=1 if kind == "IXFR" else None)
    answer = answered(served, message)
    assert answer.rcode() == dns.rcode.REFUSED
    assert answer.answer == []


def test_a_network_named_as_keyless_is_told_without_one(served: Answers):
    asked, message = make.query("AXFR", key=None)
    open_to = make.answers(served_editions(served), keyless=True)
    rows = make.rows(make.read(asked, list(open_to.to(message, HERE, over_tcp=True))))
    assert set(rows) == make.from_file(MORE, 2)


def served_editions(served: Answers):
    """Editions that hold what is served."""

    class Held:
        policy = make.policy()
        current = served._edition()

    return Held()


@pytest.mark.parametrize("address", ["192.0.2.9", "::1", "2001:db8::1"])
def test_an_address_that_is_not_allowed_gets_no_answer(served: Answers, address: str):
    _asked, message = make.query("SOA")
    assert list(served.to(message, address, over_tcp=False)) == []


def test_an_allowed_address_is_known_in_its_mapped_form(served: Answers):
    _asked, message = make.query("SOA")
    assert len(list(served.to(message, "::ffff:127.0.0.1", over_tcp=True))) == 1


def test_a_key_that_is_not_known_is_named_as_such(served: Answers):
    _asked, message = make.query("AXFR", key=OTHER_KEY)
    answer = answered(served, message)
    assert (answer.rcode(), answer.tsig_error) == (dns.rcode.NOTAUTH, dns.rcode.BADKEY)


def test_a_wrong_secret_under_a_known_name_is_a_wrong_signature(served: Answers):
    _asked, message = make.query("AXFR", key=type(KEY)(KEY.name, b"x" * 32))
    answer = answered(served, message)
    assert (answer.rcode(), answer.tsig_error) == (dns.rcode.NOTAUTH, dns.rcode.BADSIG)
    assert answer.answer == []


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_query_is_not_answered_again(served: Answers, seconds: int):
    asked, message = make.query("AXFR", at=make.NOW + seconds)
    (answer,) = served.to(message, HERE, over_tcp=True)
    assert answer[3] & 15 == dns.rcode.NOTAUTH
    with make.at_time(make.NOW + seconds), pytest.raises(dns.tsig.PeerBadTime):
        dns.message.from_wire(answer, keyring=asked.keyring, request_mac=asked.mac)
    # RFC 8945 section 5.2.3: the asker's time, so that it takes the refusal, and ours beside it.
    (signature,) = dns.message.from_wire(answer, keyring=False).tsig
    assert signature.time_signed == make.NOW + seconds
    assert int.from_bytes(signature.other, "big") == make.NOW


def test_a_transfer_over_a_slow_line_is_signed_with_the_time_of_each_message(tmp_path: Path):
    names = [(f"host{number}.site{number % 97}.example", True) for number in range(1300)]
    make.written(tmp_path, 1, names)
    held = make.editions(tmp_path)
    held.refresh()
    minutes = iter(range(100))
    access = make.answers(held).access
    slow = Answers(ZONE, lambda: held.current, access, lambda: make.NOW + 60 * next(minutes))
    _asked, message = make.query("AXFR")
    signed = [
        dns.message.from_wire(each, keyring=False).tsig[0].time_signed
        for each in slow.to(message, HERE, over_tcp=True)
    ]
    assert len(signed) > 3
    assert signed == [make.NOW + 60 * number for number in range(1, len(signed) + 1)]


@pytest.mark.parametrize("place", [2, 13, 30, -40])
def test_a_signed_query_that_was_changed_on_the_way_is_refused(served: Answers, place: int):
    _asked, message = make.query("SOA")
    changed = bytearray(message)
    changed[place] ^= 1
    for answer in served.to(bytes(changed), HERE, over_tcp=True):
        assert answer[3] & 15 in {dns.rcode.NOTAUTH, dns.rcode.FORMERR}


@pytest.mark.parametrize(
    ("kind", "name"),
    [("A", ZONE), ("SOA", "example"), ("SOA", f"n1.example.{ZONE}"), ("ANY", ZONE)],
)
def test_nobody_can_ask_what_is_on_the_list(served: Answers, kind: str, name: str):
    _asked, message = make.query(kind, name=name)
    assert answered(served, message).rcode() == dns.rcode.REFUSED


def test_a_notice_or_an_update_is_not_for_a_primary(served: Answers):
    _asked, message = make.query("SOA", key=None)
    keyless = make.answers(served_editions(served), keyless=True)
    for opcode in (4, 5):
        changed = message[:2] + bytes([opcode << 3]) + message[3:]
        assert answered(keyless, changed).rcode() == dns.rcode.NOTIMP


def test_before_the_first_version_there_is_nothing_to_serve(tmp_path: Path):
    held = make.editions(tmp_path)
    assert held.refresh() is False
    _asked, message = make.query("SOA")
    assert answered(make.answers(held), message).rcode() == dns.rcode.SERVFAIL


def test_an_incremental_query_that_names_no_serial_is_malformed(served: Answers):
    _asked, message = make.query("IXFR")
    assert answered(served, message).rcode() == dns.rcode.FORMERR


@given(st.binary(max_size=80))
def test_any_bytes_are_answered_or_passed_over(steady: Answers, message: bytes):
    assert all(len(answer) >= 12 for answer in steady.to(message, HERE, over_tcp=True))


@given(st.data())
def test_a_query_cut_or_changed_anywhere_is_answered_or_passed_over(steady: Answers, data):
    kind, serial = data.draw(st.sampled_from([("SOA", None), ("IXFR", 1), ("AXFR", None)]))
    key = data.draw(st.sampled_from([KEY, None]))
    _asked, message = make.query(kind, serial=serial, key=key)
    changed = bytearray(message[: data.draw(st.integers(0, len(message)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if changed:
            place = data.draw(st.integers(0, len(changed) - 1))
            changed[place] = data.draw(st.integers(0, 255))
    for answer in steady.to(bytes(changed), HERE, over_tcp=True):
        assert wire.HEADER.unpack_from(answer)[1] & wire.RESPONSE


@given(st.binary(max_size=300), st.integers(0, 300))
def test_a_name_is_read_or_refused_and_never_without_end(message: bytes, place: int):
    try:
        found = wire.full_name(message, place)
    except (wire.Malformed, IndexError):
        return
    assert found.endswith(b"\0")
    assert len(found) <= 255
