# SPDX-License-Identifier: Apache-2.0
"""The names under which an address may stand on a list: the published examples and the limits."""

from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.urls import canonicalise, expressions


def test_the_published_example_with_a_query() -> None:
    assert expressions(canonicalise("http://a.b.c/1/2.html?param=1")) == [
        "a.b.c/1/2.html?param=1",
        "a.b.c/1/2.html",
        "a.b.c/",
        "a.b.c/1/",
        "b.c/1/2.html?param=1",
        "b.c/1/2.html",
        "b.c/",
        "b.c/1/",
    ]


def test_the_published_example_with_many_labels_skips_some() -> None:
    assert expressions(canonicalise("http://a.b.c.d.e.f.g/1.html")) == [
        "a.b.c.d.e.f.g/1.html",
        "a.b.c.d.e.f.g/",
        "c.d.e.f.g/1.html",
        "c.d.e.f.g/",
        "d.e.f.g/1.html",
        "d.e.f.g/",
        "e.f.g/1.html",
        "e.f.g/",
        "f.g/1.html",
        "f.g/",
    ]


def test_the_published_example_of_an_ip_address_is_not_shortened() -> None:
    assert expressions(canonicalise("http://203.0.113.4/1/")) == ["203.0.113.4/1/", "203.0.113.4/"]
    assert expressions(canonicalise("http://[2001:db8::1]/")) == ["[2001:db8::1]/"]


def test_five_labels_give_each_name_once() -> None:
    hosts = [name[:-1] for name in expressions(canonicalise("http://a.b.c.d.test/"))]
    assert hosts == ["a.b.c.d.test", "b.c.d.test", "c.d.test", "d.test"]


def test_a_single_label_stands_alone() -> None:
    assert expressions(canonicalise("http://host/")) == ["host/"]


def test_scheme_and_port_are_no_part_of_an_expression() -> None:
    expected = expressions(canonicalise("http://a.test/x"))
    assert expressions(canonicalise("https://a.test:8443/x")) == expected


def test_a_bare_question_mark_has_its_own_expression() -> None:
    assert expressions(canonicalise("http://a.test/q?"))[:2] == ["a.test/q?", "a.test/q"]


LABELS = st.lists(st.sampled_from(["a", "bb", "c-c", "x1"]), min_size=1, max_size=9)
NAMES = st.lists(st.sampled_from(["1", "two", "3.html"]), max_size=9)


@given(LABELS, NAMES, st.booleans(), st.sampled_from(["", "?", "?q=1"]))
def test_never_more_than_five_hosts_and_six_paths(
    labels: list[str], names: list[str], directory: bool, query: str
) -> None:
    path = "/".join(["", *names]) + ("/" if directory or not names else "")
    c = canonicalise("http://" + ".".join([*labels, "test"]) + path + query)
    found = expressions(c)
    assert len(found) == len(set(found))
    assert len({name.split("/")[0] for name in found}) <= 5
    assert len({name[name.index("/") :] for name in found}) <= 6
    assert found[0] == c.host + c.path + ("" if c.query is None else "?" + c.query)
    assert c.host + "/" in found
