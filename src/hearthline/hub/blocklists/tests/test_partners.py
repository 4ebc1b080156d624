# SPDX-License-Identifier: Apache-2.0
import json
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings as live
from django.test import Client
from django.urls import reverse

from hearthline.hub.accounts.tests.make import signed_in
from hearthline.hub.audit.models import Entry as Logged
from hearthline.hub.blocklists import actions, partners
from hearthline.hub.blocklists.actions.publishing import place
from hearthline.hub.blocklists.keys import public_text, signing_key
from hearthline.hub.blocklists.models import Acknowledgement, CanaryTest
from hearthline.kit.blocking import check_manifest
from hearthline.kit.urls.prefix_messages import apply, read_search

pytestmark = pytest.mark.django_db

HOST = sha256(b"pages.harbour-host.test/").digest()


@pytest.fixture(autouse=True)
def _fresh() -> None:
    partners.pace.forget()
    partners._published.cache_clear()


@pytest.fixture
def ask(network):
    """A request of Quay Net's program."""

    def ask(method, name, *args, data=None, key=network.text, **headers):
        url = reverse(name, args=args)
        more = {"headers": {"Authorization": f"Bearer {key}", **headers}}
        if method == "POST" and data is not None:
            more |= {"data": data if isinstance(data, str) else json.dumps(data)}
            more["content_type"] = "application/json"
        elif data:
            more["data"] = data
        return getattr(Client(), method.lower())(url, **more)

    return ask


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_network_fetches_a_version_and_checks_it(ask, published, settings) -> None:
    key = signing_key(live.BLOCKLIST_PRIVATE_KEY).public_key()
    settings.BLOCKLIST_PUBLIC_KEY = public_text(key)
    told = ask("GET", "blocklist_status").json()
    assert (told["newest"], told["public_keys"]) == (1, [public_text(key)])
    found = check_manifest(body(ask("GET", "blocklist_output", 1, "manifest.json")), key, 0)
    for name in ("rpz.zone", "prefixes.bin"):
        found.check_output(name, body(ask("GET", "blocklist_output", 1, name)))


def test_its_canaries_are_told(ask, published, network) -> None:
    assert ask("GET", "blocklist_status").json()["canary"] == {
        "blocked": "canary.solmere.test",
        "free": f"{network.subscriber.canary}.canary.solmere.test",
    }


def test_what_is_held_already_is_not_sent_again(ask, published) -> None:
    for name in ("manifest.json", "rpz.zone", "prefixes.bin"):
        first = ask("GET", "blocklist_output", 1, name)
        body(first)
        assert "immutable" in first.headers["Cache-Control"]
        again = ask("GET", "blocklist_output", 1, name, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_full_hashes_are_not_handed_over_as_a_file(ask, published) -> None:
    for name in ("hashes.bin", "scopes.bin", "names.tsv", "..", "version.json"):
        assert ask("GET", "blocklist_output", 1, name).status_code == 404


def test_older_versions_are_there_until_their_files_are_gone(ask, published, site, now) -> None:
    actions.delist(entry=site, because="expired", at=now)
    actions.make_version(at=now + timedelta(minutes=1))
    assert b"harbour-host" in body(ask("GET", "blocklist_output", 1, "rpz.zone"))
    assert b"harbour-host" not in body(ask("GET", "blocklist_output", 2, "rpz.zone"))
    (place(1) / "rpz.zone").unlink()
    assert ask("GET", "blocklist_output", 1, "rpz.zone").status_code == 410
    assert ask("GET", "blocklist_output", 3, "rpz.zone").status_code == 404


def test_a_reader_keeps_its_prefix_list_by_changes(ask, published, site, now) -> None:
    held = apply(None, ask("GET", "blocklist_prefixes").content)
    assert held.hold(int.from_bytes(HOST[:4], "big"))
    actions.delist(entry=site, because="expired", at=now)
    actions.make_version(at=now + timedelta(minutes=1))
    for coding in ("rice", "raw"):
        token = {"version": b64encode(held.version).decode(), "coding": coding}
        answer = ask("GET", "blocklist_prefixes", data=token)
        assert answer.json()["partialUpdate"]
        assert len(apply(held, answer.content)) == 0
        assert answer.headers["Cache-Control"] == "private, max-age=300"


def test_what_many_readers_ask_for_is_worked_out_once(ask, published) -> None:
    partners.difference.cache_clear()
    answers = {ask("GET", "blocklist_prefixes").content for _reader in range(3)}
    # What is no version of ours gets the same, and makes no more work.
    for token in (b"\xff" * 16, b"\x01" * 16):
        asked = {"version": b64encode(token).decode()}
        answers.add(ask("GET", "blocklist_prefixes", data=asked).content)
    assert len(answers) == 1
    worked_out = partners.difference.cache_info()
    assert (worked_out.misses, worked_out.hits) == (1, 4)


def test_a_reader_whose_version_is_not_kept_gets_the_whole_list(ask, published) -> None:
    for token in (b"\xff" * 16, b"\x00" * 16, b"", (1).to_bytes(8, "big") + b"\x00" * 8):
        answer = ask("GET", "blocklist_prefixes", data={"version": b64encode(token).decode()})
        assert not answer.json()["partialUpdate"]


def test_full_hashes_are_looked_up_by_prefix_and_nobody_notes_it(ask, published) -> None:
    before = Logged.objects.count()
    answer = ask("GET", "blocklist_hashes", data={"prefix": [HOST[:4].hex(), "00000000"]})
    assert dict(read_search(answer.content).hashes) == {HOST: "host"}
    assert Logged.objects.count() == before


@pytest.mark.parametrize("prefix", ["", "abc", "ABCDEF01", "abcdef0g", "abcdef012"])
def test_a_prefix_of_the_wrong_shape_is_refused(ask, published, prefix) -> None:
    assert ask("GET", "blocklist_hashes", data={"prefix": prefix}).status_code == 422


def test_a_network_acknowledges_what_it_works_with(ask, published, network) -> None:
    assert ask("POST", "blocklist_acknowledge", 1).status_code == 200
    assert ask("POST", "blocklist_acknowledge", 1).status_code == 200
    assert Acknowledgement.objects.get().subscriber == network.subscriber
    assert ask("POST", "blocklist_acknowledge", 2).status_code == 404


def test_a_network_tells_what_its_test_saw(ask, published) -> None:
    told = {"serial": 1, "tested_on": "2026-10-05", "blocked": True, "free": False}
    answer = ask("POST", "blocklist_test", data=told)
    assert (answer.status_code, answer.json()) == (201, {"result": "over_blocked"})
    assert CanaryTest.objects.get().serial == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"serial": 9}, 422),
        ({"serial": True}, 422),
        ({"tested_on": "yesterday"}, 422),
        ({"tested_on": "2999-01-01"}, 422),
        ({"blocked": "yes"}, 422),
        ({"more": 1}, 422),
    ],
)
def test_a_test_of_the_wrong_shape_is_refused(ask, published, change, status) -> None:
    told = {"serial": 1, "tested_on": "2026-10-05", "blocked": True, "free": True} | change
    assert ask("POST", "blocklist_test", data=told).status_code == status
    assert not CanaryTest.objects.exists()


@pytest.mark.parametrize(("data", "status"), [("{", 400), ("[]", 422), (" " * 5000, 413)])
def test_what_is_no_json_object_is_refused(ask, published, data, status) -> None:
    assert ask("POST", "blocklist_test", data=data).status_code == status


ROUTES = [
    ("GET", "blocklist_status", ()),
    ("GET", "blocklist_output", (1, "rpz.zone")),
    ("GET", "blocklist_prefixes", ()),
    ("GET", "blocklist_hashes", ()),
    ("POST", "blocklist_acknowledge", (1,)),
    ("POST", "blocklist_test", ()),
]


@pytest.mark.parametrize(("method", "name", "args"), ROUTES)
def test_without_a_key_nothing_opens(ask, published, sena, method, name, args) -> None:
    for key in ("", "hlb_none", "hlk_abcdefgh_" + "a" * 43):
        answer = ask(method, name, *args, key=key)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert signed_in(sena).get(reverse(name, args=args)).status_code == 401


@pytest.mark.parametrize(("method", "name", "args"), ROUTES)
def test_each_address_takes_its_own_method_only(ask, published, method, name, args) -> None:
    other = "GET" if method == "POST" else "POST"
    answer = ask(other, name, *args)
    assert (answer.status_code, method in answer.headers["Allow"]) == (405, True)


def test_a_key_that_asks_too_often_waits(ask, published, settings) -> None:
    policy = settings.PACK.partners.model_copy(update={"requests_per_minute": 2})
    settings.PACK = settings.PACK.model_copy(update={"partners": policy})
    assert [ask("GET", "blocklist_status").status_code for _ in range(3)] == [200, 200, 429]


def test_before_the_first_version_there_is_nothing_to_fetch(ask, home) -> None:
    assert ask("GET", "blocklist_status").json()["newest"] == 0
    assert ask("GET", "blocklist_prefixes").status_code == 404
    assert ask("GET", "blocklist_output", 1, "manifest.json").status_code == 404
