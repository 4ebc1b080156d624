# SPDX-License-Identifier: Apache-2.0
"""Disclosure control: what may be published of counts about children.

A small count can point at a child, and so can the difference of two large ones. `suppress` hides
small cells and enough others that no hidden cell follows from what stays visible.

The attacker reckoned with knows every published number, that totals are sums of their parts, the
threshold, and that a hidden cell is not zero where zeros are published. Such an attacker finds,
for every hidden cell, at least two possible counts, one of them at or above the threshold. Not
reckoned with: somebody who knows some hidden counts already, or who runs this very code on every
table that would fit. Whether a cell is `primary` or `complementary` is for the desk: publish both
as withheld, since "fewer than five" would hand the attacker one more fact.

Versions of the same tables, published one after the other: `suppress_correction`. Time is a
dimension like any other: where quarters and their year are published, suppress them in
one table. Counts in which one report stands in several cells do not add up and are no table.
Source: Handbook on Statistical Disclosure Control, chapter on frequency tables; the companion
cells are found by the hypercube method.
"""

from hearthline.kit.disclosure.aggregates import (
    publishable_quantile,
    publishable_rate,
    suppress_series,
)
from hearthline.kit.disclosure.corrections import Shown, is_slight, suppress_correction
from hearthline.kit.disclosure.suppression import suppress, suppress_linked
from hearthline.kit.disclosure.table import TOTAL, Cell, Key, Status, Table

__all__ = [
    "TOTAL",
    "Cell",
    "Key",
    "Shown",
    "Status",
    "Table",
    "is_slight",
    "publishable_quantile",
    "publishable_rate",
    "suppress",
    "suppress_correction",
    "suppress_linked",
    "suppress_series",
]
