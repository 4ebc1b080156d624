# SPDX-License-Identifier: Apache-2.0
"""Several threads and processes at one index."""

import gc
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from hearthline.kit.matching import HashIndex

from .make import hashes, listed, numbered, open_files

SEARCH = """
import sys, numpy
from hearthline.kit.matching import HashIndex
query = numpy.frombuffer(bytes.fromhex(sys.argv[2]), numpy.uint8).reshape(1, 32)
with HashIndex.open(sys.argv[1]) as index:
    for line in sys.stdin:
        index.refresh()
        print(index.search(query, 0).id.tolist(), flush=True)
"""


def test_searching_adding_and_removing_go_on_during_merges(tmp_path):
    known = hashes(60_000)
    with HashIndex.open(tmp_path, writable=True) as index:
        index.add(known[:30_000], numbered(30_000))
        wrong = []

        def merge():
            for _ in range(4):
                index.merge()

        def search():
            while merging.is_alive():
                found = listed(index.search(known[:200], 20))
                if found != [(at, at, 0) for at in range(200)]:
                    wrong.append(found)

        merging = threading.Thread(target=merge)
        searching = threading.Thread(target=search)
        merging.start()
        searching.start()
        start = 30_000
        while merging.is_alive() and start < 59_000:
            index.add(known[start : start + 900], numbered(900, start))
            index.remove(numbered(300, start + 200))
            start += 900
        merging.join()
        searching.join()
        assert wrong == []
        index.merge()
        removed = {at + 200 + more for at in range(30_000, start, 900) for more in range(300)}
        assert set(index.pairs()[1].tolist()) == set(range(start)) - removed
        assert len(index) == start - len(removed)


def test_another_process_follows(tmp_path):
    known = hashes(3000)
    command = [sys.executable, "-c", SEARCH, str(tmp_path), known[0].tobytes().hex()]
    with (
        HashIndex.open(tmp_path, writable=True) as index,
        subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other,
    ):

        def seen():
            other.stdin.write("\n")
            other.stdin.flush()
            return other.stdout.readline().strip()

        assert seen() == "[]"
        index.add(known[:1], numbered(1, 5))
        assert seen() == "[5]"
        index.add(known, numbered(3000, 10))
        assert seen() == "[5, 10]"
        index.remove(np.array([5], np.uint64))
        assert seen() == "[10]"
        index.merge()
        assert seen() == "[10]"
        other.stdin.close()
        assert other.wait() == 0


def test_a_closed_reader_stays_closed_and_keeps_no_file_open(tmp_path):
    with HashIndex.open(tmp_path, writable=True) as index:
        index.add(hashes(3000), numbered(3000))
        before = open_files(tmp_path)
        reader = HashIndex.open(tmp_path)
        reader.close()
        index.add(hashes(3000, seed=2), numbered(3000, 3000))
        with pytest.raises(ValueError, match="was closed"):
            reader.refresh()
        HashIndex.open(tmp_path)  # never closed
        gc.collect()
        assert open_files(tmp_path) == before


def test_a_process_forked_meanwhile_does_not_keep_the_lock(tmp_path):
    index = HashIndex.open(tmp_path, writable=True)
    child = os.fork()
    if child == 0:
        try:
            signal.pause()
        finally:
            os._exit(0)
    try:
        index.close()
        HashIndex.open(tmp_path, writable=True).close()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
