# SPDX-License-Identifier: Apache-2.0
"""Whatever is done in whatever order, an index holds what a plain set would."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hearthline.kit.matching import DigestIndex, HashIndex

from .make import compared, hashes, listed, turned

KNOWN = hashes(40)
KNOWN[20:] = turned(KNOWN[:20], range(1, 41, 2))
FEW = st.lists(st.tuples(st.integers(0, 39), st.integers(0, 9)), min_size=1, max_size=12)
BULK = hashes(2500, seed=5)


class AsASet(RuleBasedStateMachine):
    """Pairs are (hash, id); hashes are numbers into KNOWN, then BULK."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.index = HashIndex.open(self.folder, writable=True)
        self.reader = HashIndex.open(self.folder)
        self.pairs = set()
        self.mark = 0

    @rule(pairs=FEW)
    def add(self, pairs):
        self.mark += 1
        numbers, ids = np.array(pairs).T
        assert self.index.add(KNOWN[numbers], ids.astype(np.uint64), mark=self.mark) == len(
            set(pairs) - self.pairs
        )
        self.pairs |= set(pairs)

    @rule(id_=st.integers(0, 9))
    def add_many(self, id_):
        self.index.add(BULK, np.full(len(BULK), id_, np.uint64))
        self.pairs |= {(40 + number, id_) for number in range(len(BULK))}

    @rule(ids=st.sets(st.integers(0, 9), min_size=1, max_size=3))
    def remove(self, ids):
        gone = {pair for pair in self.pairs if pair[1] in ids}
        assert self.index.remove(np.array(sorted(ids), np.uint64)) == len(gone)
        self.pairs -= gone

    @rule()
    def merge(self):
        self.index.merge()
        assert self.index.segments <= 1

    @rule()
    def reopen(self):
        self.index.close()
        self.index = HashIndex.open(self.folder, writable=True)

    @rule(junk=st.binary(max_size=60))
    def crash(self, junk):
        self.index.close()
        [log] = self.folder.glob("changes-*.log")
        with log.open("ab") as file:
            file.write(b"HLc1" + junk)
        (self.folder / "segment-00000000-9999.hls").write_bytes(junk)
        self.index = HashIndex.open(self.folder, writable=True)

    @rule(radius=st.integers(0, 64), number=st.integers(0, 39))
    def search(self, radius, number):
        self.reader.refresh()
        pairs = sorted(self.pairs)
        known = np.concatenate([KNOWN, BULK])[[number for number, _ in pairs]]
        query = KNOWN[number : number + 1]
        expected = compared(known.reshape(-1, 32), [each for _, each in pairs], query, radius)
        for index in (self.index, self.reader):
            found = listed(index.search(query, radius))
            assert set(found) == expected

    @invariant()
    def everybody_sees_the_same(self):
        self.reader.refresh()
        for index in (self.index, self.reader):
            assert (len(index), index.mark) == (len(self.pairs), self.mark)

    def teardown(self):
        held, ids = self.index.pairs()
        every = np.concatenate([KNOWN, BULK])
        assert {(row.tobytes(), int(each)) for row, each in zip(held, ids, strict=True)} == {
            (every[number].tobytes(), each) for number, each in self.pairs
        }
        self.index.close()
        self.reader.close()
        shutil.rmtree(self.folder)


class DigestsAsASet(AsASet):
    """The same of digests, where only equality counts."""

    def __init__(self):
        RuleBasedStateMachine.__init__(self)
        self.folder = Path(tempfile.mkdtemp())
        self.index = DigestIndex.open(self.folder, width=32, writable=True)
        self.reader = DigestIndex.open(self.folder)
        self.pairs = set()
        self.mark = 0

    @rule()
    def reopen(self):
        self.index.close()
        self.index = DigestIndex.open(self.folder, writable=True)

    @rule(junk=st.binary(max_size=60))
    def crash(self, junk):
        self.index.close()
        self.index = DigestIndex.open(self.folder, writable=True)

    @rule(number=st.integers(0, 39))
    def search(self, number):
        self.reader.refresh()
        for index in (self.index, self.reader):
            found = listed(index.search(KNOWN[number : number + 1]))
            assert found == [
                (0, each, 0) for each in sorted(each for at, each in self.pairs if at == number)
            ]


MORE = int(os.environ.get("HEARTHLINE_EXAMPLES", "12"))
TestAsASet = AsASet.TestCase
TestAsASet.settings = settings(max_examples=MORE, stateful_step_count=25, deadline=None)
TestDigestsAsASet = DigestsAsASet.TestCase
TestDigestsAsASet.settings = settings(max_examples=MORE, stateful_step_count=25, deadline=None)
