# SPDX-License-Identifier: Apache-2.0
"""Whatever a call holds, it is answered: refused in words at worst, never a fault of ours."""

import pytest

from hearthline.matcher.routes import ROUTES
from hearthline.matcher.tests import make
from hearthline.matcher.tests.caller import Caller
from hearthline.matcher.web import Route

TEXTS = ("", "\x00", "'\"<>", "ü漢", "\ud800", "-1", "9" * 400, "../../etc", "%", "a,b,,", "NaN")
BODIES = (
    b"",
    b"null",
    b"[]",
    b"\xff\xfe",
    b'{"name": ["A"], "enabled_ratio": {}, "hashes": {}, "pdq": 5, "disable_until_ts": []}',
    b'{"name": "A\\u0000", "enabled_ratio": 1e999, "hashes": [null], "pdq": [1, 2]}',
    b'{"name": "A", "enabled": "\\ud800", "hashes": ["\\ud800"], "pdq": "\\ud800"}',
    b'{"enabled_ratio": NaN, "disable_until_ts": 1e308, "metadata": {"json": "\\ud800"}}',
    b'{"disable_until_ts": "9999999999999999999999999", "pdq": {"a": 1}, "\\ud800": [1, 2]}',
    b'{"enabled_ratio": 1e-400, "disable_until_ts": true, "md5": ["", ""]}',
    b'{"pdq": "' + b"ab" * 32 + b'", "metadata": {"json": {"\\ud800": 1}}}',
    b'{"pdq": "' + b"ab" * 32 + b'", "metadata": {"\\ud800": 1}}',
    b'{"\\ud800": 1}',
    b'{"name": "A", "enabled_ratio": 1' + b"0" * 400 + b"}",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'--b\r\nContent-Disposition: form-data; name="\xff"; filename=""\r\n\r\n\r\n--b--',
    make.a_file(1)[:100],
)
KINDS = ("application/json", "application/octet-stream", "multipart/form-data; boundary=b", "")


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    caller = Caller(tmp_path_factory.mktemp("hostile") / "matcher")
    caller.post("/c/banks", json={"name": "KNOWN"})
    caller.post("/c/bank/KNOWN/signal", json={"pdq": make.a_hash(1).hex()})
    yield caller
    caller.close()


@pytest.mark.parametrize("route", ROUTES.all, ids=name_of)
def test_hostile_values_are_refused_in_words(standing: Caller, route: Route):
    # A bank that stays, so that there is something to get at.
    path = route.path.replace("{bank_name}", "KNOWN").replace("{content_id}", "1")
    path = path.replace("{exchange_name}", "x").replace("{id}", "x")
    if route.method == "DELETE":
        path = path.replace("KNOWN", "OTHER")
    for text in TEXTS:
        safe = text.encode("utf-8", "replace").decode()
        params = {one.name: safe for one in route.parameters}
        answer = standing.call(route.method, path, params=params)
        assert answer.status_code not in {500, 504}, (text, answer.text)
        if "{" in route.path:
            odd = route.path.split("{")[0]
            answer = standing.call(route.method, odd + safe.replace("/", "%2F").replace("\x00", ""))
            assert answer.status_code != 500, (text, answer.text)
    for body in BODIES if route.takes else ():
        for kind in KINDS:
            headers = {"Content-Type": kind} if kind else {}
            answer = standing.call(route.method, path, content=body, headers=headers)
            assert answer.status_code not in {500, 504}, (body[:80], kind, answer.text)
            if answer.status_code >= 400:
                assert answer.json().get("message") or answer.json().get("detail")
