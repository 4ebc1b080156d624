# SPDX-License-Identifier: Apache-2.0
"""The names under which an address may stand on a list.

Safe Browsing, "URLs and hashing", suffix/prefix expressions (v4 rules): up to five host names
(the exact one, then up to four made from its last five labels by dropping labels from the left;
never the last label alone) times up to six paths (with query, without query, then the root and
up to three directories below it). An IP address is never shortened.

Version 5 starts the host names at the registrable domain of the Public Suffix List. The two
agree for hosts of up to five labels under a one-label suffix; the older rule needs no list that
must be kept fresh. Ports are no part of an expression, so a listed address is listed on every
port of its host.
"""

from __future__ import annotations

from collections.abc import Iterator

from hearthline.kit.urls.canonical import Canonical

_SHORTENED_HOSTS = 4
_LABELS_CONSIDERED = 5
_DIRECTORIES = 4


def expressions(c: Canonical) -> list[str]:
    """At most 30 different ``host/path`` strings, the most exact first.

    The first is the address itself, the one to hash when adding it to a list.
    """
    return [host + path for host in _hosts(c) for path in _paths(c)]


def within_scope(c: Canonical) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The expressions to look up where entries have a scope, each with the scopes that it meets.

    The most exact comes first. They are fewer than ``expressions`` for most addresses, because
    only a domain reaches beyond its own host name, and deeper for some: every directory and
    every parent name counts, however many there are.
    """
    if c.query is not None:
        yield f"{c.host}{c.path}?{c.query}", ("url",)
    if not c.path.endswith("/"):
        yield c.host + c.path, ("url",)
    end = len(c.path)
    while slash := c.path.rfind("/", 0, end) + 1:
        exact = ("url",) if slash == len(c.path) else ()
        whole = ("host", "domain") if slash == 1 else ()
        yield c.host + c.path[:slash], (*exact, "path", *whole)
        end = slash - 1
    parent = "" if c.is_ip else c.host.partition(".")[2]
    while "." in parent:
        yield parent + "/", ("domain",)
        parent = parent.partition(".")[2]


def _hosts(c: Canonical) -> list[str]:
    if c.is_ip:
        return [c.host]
    labels = c.host.split(".")
    first = max(len(labels) - _LABELS_CONSIDERED, 1)
    shorter = [".".join(labels[start:]) for start in range(first, len(labels) - 1)]
    return [c.host, *shorter[:_SHORTENED_HOSTS]]


def _paths(c: Canonical) -> list[str]:
    exact = [c.path] if c.query is None else [f"{c.path}?{c.query}", c.path]
    names = c.path.split("/")[1:-1]
    depths = range(min(len(names) + 1, _DIRECTORIES))
    directories = ["/" + "".join(f"{name}/" for name in names[:depth]) for depth in depths]
    return list(dict.fromkeys(exact + directories))
