# SPDX-License-Identifier: Apache-2.0
"""Whatever is done to a bank, it answers as a plain dictionary of the same history would."""

import tempfile
import threading
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearthline.kit.matching.banks import Bank, Library

from .make import ADA, BO, LATER, MD5, NOW, PDQ, SENT, bank, digest, known, many

NUMBERS = st.integers(1, 6)
SOURCES = st.sampled_from(["Agency", "Hotline"])
STEPS = st.lists(
    st.tuples(st.just("add"), st.lists(NUMBERS, max_size=4), SOURCES)
    | st.tuples(
        st.sampled_from(["remove", "unlist", "disable", "enable", "dispute", "settle"]),
        NUMBERS,
        SOURCES,
    )
    | st.tuples(st.sampled_from(["open", "rebuild", "merge"]), NUMBERS, SOURCES),
    max_size=12,
)


class Model:
    """What should be known: the sources of each number, and which are paused or contested."""

    def __init__(self) -> None:
        self.sources: dict[int, list[str]] = {}
        self.paused: set[int] = set()
        self.contested: set[int] = set()

    def forget(self, number: int) -> None:
        del self.sources[number]
        self.paused.discard(number)
        self.contested.discard(number)


def step(of: Bank, model: Model, what: str, about: int | list[int], source: str) -> None:
    if isinstance(about, list):
        of.add([known(number) for number in about], source=source, **ADA)
        for number in about:
            listed = model.sources.setdefault(number, [])
            if source not in listed:
                listed.append(source)
        return
    if what in ("rebuild", "merge"):
        of.rebuild(**ADA) if what == "rebuild" else of.merge()
        return
    if what == "open" or about not in model.sources:
        return
    [entry] = of.ids_of([(MD5, digest(about))])
    if what == "remove":
        of.remove([entry], **BO)
        model.forget(about)
    elif what == "unlist":
        of.remove([entry], source=source, **BO)
        left = [one for one in model.sources[about] if one != source]
        if left:
            model.sources[about] = left
        else:
            model.forget(about)
    elif what == "disable":
        of.disable([entry], until=LATER, **BO)
        model.paused.add(about)
    elif what == "enable":
        of.enable([entry], **BO)
        model.paused.discard(about)
    elif what == "dispute":
        of.dispute([entry], reason="x", **BO)
        model.contested.add(about)
    else:
        of.settle([entry], reason="x", **BO)
        model.contested.discard(about)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_a_bank_is_what_was_done_to_it(steps: list) -> None:
    model = Model()
    with tempfile.TemporaryDirectory() as folder:
        library = Library(folder)
        national = bank(Path(folder))
        for what, about, source in steps:
            step(library.bank("national"), model, what, about, source)
            if what == "open":
                library.close()
        answers = library.lookup(MD5, [digest(n) for n in range(1, 7)], at=NOW, details=True)
        found = {
            number: (match.disputed, match.details.sources)
            for number, answer in enumerate(answers, start=1)
            for match in answer.matches
        }
        assert found == {
            number: (number in model.contested, tuple(listed))
            for number, listed in model.sources.items()
            if number not in model.paused
        }
        assert library.bank("national").stats(at=NOW).entries == len(model.sources)
        assert library.bank("national").verify() == []
        library.close()
        national.close()


def test_threads_may_look_up_while_others_change(tmp_path: Path) -> None:
    library = Library(tmp_path)
    national = library.create_bank("national", **ADA)
    hashes = many(400)
    national.add_array(PDQ, hashes[:200], **SENT)
    faults: list[BaseException] = []
    done = threading.Event()

    def look() -> None:
        try:
            while not done.is_set():
                answers = library.lookup(PDQ, hashes[:200], at=NOW, details=True)
                assert all(len(answer.matches) == 1 for answer in answers)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(200, 215):
        added = national.add_array(PDQ, hashes[number : number + 1], **SENT)
        national.dispute(added.ids.tolist(), reason="x", **BO)
    for _ in range(15):
        national.rebuild(**ADA)
    national.merge()
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []
    found = library.lookup(PDQ, hashes, at=NOW)
    assert np.flatnonzero([bool(one.matches) for one in found]).tolist() == list(range(215))
