# SPDX-License-Identifier: Apache-2.0
"""Whatever a source sends, reading it ends in a page or in `Malformed`, and nothing else."""

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearthline.matcher.exchanges import ncmec, stop_ncii, threat_exchange
from hearthline.matcher.exchanges.feed import Malformed, NotASignal
from hearthline.matcher.exchanges.tests.source import AT, pdq
from hearthline.matcher.exchanges.walk import Place

NAMES = """
id indicator type last_updated should_delete descriptors owner status tags reactions data
paging cursors after next key text name hashRecords hashValue hashStatus caseNumbers signalType
lastModtimestamp CSPFeedbacks feedbackValue source hasMoreRecords nextPageToken nextSetTimestamp
"""
WORDS = ["HASH_PDQ", "ImagePDQ", "MALICIOUS", "Blocked", "Withdrawn", pdq(1), "", "1", "é\x00"]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=6)
    ),
    max_leaves=8,
)
items = st.dictionaries(st.sampled_from(NAMES.split()), values, min_size=4, max_size=12)
documents = st.fixed_dictionaries(
    {
        "data": st.lists(items | values, max_size=3),
        "hashRecords": st.lists(items | values, max_size=3),
        "hasMoreRecords": st.booleans() | values,
        "nextSetTimestamp": st.integers(0, 10**9) | values,
        "nextPageToken": st.text(max_size=5) | values,
        "paging": values,
    }
)
PLACE = Place(0, size=10)


@settings(max_examples=40)
@given(document=documents)
def test_any_json(document):
    body = json.dumps(document).encode()
    for shape in (threat_exchange._Shape("/x"), stop_ncii._Shape()):
        try:
            reading = shape.read(body, PLACE, 10**10)
        except (Malformed, NotASignal):
            continue
        page = reading.page(AT, (), ())
        assert not {s.key for s in page.updates} & set(page.removals)
        assert all(set(s.value) <= set(string.hexdigits) for s in page.updates)


TAGS = """queryResult images videos image deletedImage member id fingerprints md5 paging next
feedback negativeFeedback classification
"""
tags = st.sampled_from(TAGS.split())
words = st.text(string.ascii_letters + "0123456789/?=&;<>!- é", max_size=12)


@st.composite
def elements(draw, depth=0):
    tag = draw(tags)
    mark = draw(st.sampled_from(["", ' id="4"', ' type="md5"', ' id="&#1;"']))
    inner = (
        draw(words)
        if depth > 4 or draw(st.booleans())
        else "".join(draw(st.lists(elements(depth=depth + 1), max_size=3)))
    )
    return f"<{tag}{mark}>{inner}</{tag}>"


@settings(max_examples=40)
@given(inner=st.lists(elements(), max_size=4))
def test_any_xml(inner):
    shape = ncmec._Shape(frozenset(), 0)
    body = f"<queryResult><images>{''.join(inner)}</images></queryResult>".encode()
    try:
        shape.read(body, PLACE, 10**10).page(AT, (), ())
    except Malformed:
        return


@given(raw=st.binary(max_size=300))
def test_any_bytes(raw):
    for shape in (threat_exchange._Shape("/x"), stop_ncii._Shape(), ncmec._Shape(frozenset(), 0)):
        with pytest.raises((Malformed, NotASignal)):
            shape.read(raw, PLACE, 10**10)
        assert isinstance(shape.cursor_in(raw), str)
