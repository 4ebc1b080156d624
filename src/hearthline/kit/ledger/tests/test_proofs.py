# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from hearthline.kit.ledger import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

from .make import REFERENCE_LEAVES, REFERENCE_ROOTS, entries, flipped, leaves

HASHES = leaves(33)
ROOTS = [root(HASHES[:size]) for size in range(34)]

INCLUSION_REFERENCE = [
    (0, 1, []),
    (0, 2, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]
CONSISTENCY_REFERENCE = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION_REFERENCE)
def test_inclusion_proof_is_the_published_one_and_verifies(index, size, path):
    proof = inclusion_proof(REFERENCE_LEAVES, index, size)
    assert [each.hex() for each in proof] == path
    assert verify_inclusion(
        leaf=REFERENCE_LEAVES[index],
        index=index,
        size=size,
        proof=proof,
        root=REFERENCE_ROOTS[size],
    )


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY_REFERENCE)
def test_consistency_proof_is_the_published_one_and_verifies(old, new, path):
    proof = consistency_proof(REFERENCE_LEAVES, old, new)
    assert [each.hex() for each in proof] == path
    assert verify_consistency(
        old_size=old,
        new_size=new,
        old_root=REFERENCE_ROOTS[old],
        new_root=REFERENCE_ROOTS[new],
        proof=proof,
    )


def test_every_leaf_of_every_log_up_to_33_is_proved():
    for size in range(1, 34):
        for index in range(size):
            proof = inclusion_proof(HASHES, index, size)
            assert verify_inclusion(
                leaf=HASHES[index], index=index, size=size, proof=proof, root=ROOTS[size]
            )


def test_every_log_up_to_33_is_consistent_with_every_longer_one():
    for new in range(34):
        for old in range(new + 1):
            proof = consistency_proof(HASHES, old, new)
            assert verify_consistency(
                old_size=old, new_size=new, old_root=ROOTS[old], new_root=ROOTS[new], proof=proof
            )


@given(st.data())
def test_inclusion_proofs_agree_with_an_independent_implementation(data):
    size = data.draw(st.integers(1, 200))
    index = data.draw(st.integers(0, size - 1))
    other = InmemoryTree(algorithm="sha256")
    other.append_entries(entries(size))
    leaf, *path = other.prove_inclusion(index + 1, size).path  # it counts from one
    assert leaf == leaves(size)[index]
    assert path == inclusion_proof(leaves(size), index, size)


def subproof(old, data, known):
    """SUBPROOF as RFC 9162 section 2.1.4.1 words it, over the other implementation's hashes."""
    if old == len(data):
        return [] if known else [other_root(data)]
    middle = max(1 << power for power in range(8) if 1 << power < len(data))
    if old <= middle:
        return [*subproof(old, data[:middle], known), other_root(data[middle:])]
    return [*subproof(old - middle, data[middle:], False), other_root(data[:middle])]


def other_root(data):
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(data)
    return tree.get_root()


@given(st.data())
def test_consistency_proofs_follow_the_definition_and_another_verifier_agrees(data):
    new = data.draw(st.integers(1, 100))
    old = data.draw(st.integers(1, new))
    hashes = leaves(new)
    assert consistency_proof(hashes, old, new) == subproof(old, entries(new), True)
    other = InmemoryTree(algorithm="sha256")
    other.append_entries(entries(new))
    # Raises unless the other implementation finds our two roots consistent.
    other.prove_consistency(old, new).verify(
        root(hashes[:old]), root(hashes), prior_size=old, later_size=new
    )


@given(st.data())
def test_a_tampered_leaf_root_or_path_is_detected(data):
    size = data.draw(st.integers(1, 33))
    index = data.draw(st.integers(0, size - 1))
    bit = data.draw(st.integers(0, 255))
    proof = inclusion_proof(HASHES, index, size)

    def holds(*, leaf=HASHES[index], proof=proof, root=ROOTS[size]):
        return verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=root)

    assert holds()
    assert not holds(leaf=flipped(HASHES[index], bit))
    assert not holds(root=flipped(ROOTS[size], bit))
    assert not holds(proof=[*proof, proof[0] if proof else HASHES[0]])
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof]
        changed[place] = flipped(changed[place], bit)
        assert not holds(proof=changed)
        assert not holds(proof=proof[:place] + proof[place + 1 :])
    if len(set(proof)) > 1:
        assert not holds(proof=proof[::-1])


def test_a_leaf_is_proved_at_its_own_index_and_size_only():
    for size in range(1, 14):
        for index in range(size):
            proof = inclusion_proof(HASHES, index, size)
            accepted = [
                (claimed, of)
                for of in range(1, 20)
                for claimed in range(20)
                if verify_inclusion(
                    leaf=HASHES[index], index=claimed, size=of, proof=proof, root=ROOTS[of]
                )
            ]
            assert accepted == [(index, size)]


def test_a_wrong_index_is_detected_under_the_same_root():
    for size in range(1, 34):
        for index in range(size):
            proof = inclusion_proof(HASHES, index, size)
            for claimed in range(-1, size + 2):
                holds = verify_inclusion(
                    leaf=HASHES[index], index=claimed, size=size, proof=proof, root=ROOTS[size]
                )
                assert holds is (claimed == index)


def test_the_size_must_come_from_the_checkpoint_that_carries_the_root():
    # Leaf 0 of 3 and leaf 0 of 4 have paths of one shape, so a proof alone cannot tell the two
    # sizes apart under the root of 3. The root of 4, as its own checkpoint has it, can.
    proof = inclusion_proof(HASHES, 0, 3)
    assert verify_inclusion(leaf=HASHES[0], index=0, size=4, proof=proof, root=ROOTS[3])
    assert not verify_inclusion(leaf=HASHES[0], index=0, size=4, proof=proof, root=ROOTS[4])


def test_a_path_longer_than_its_log_is_refused_though_it_leads_to_a_true_root():
    assert not verify_inclusion(leaf=HASHES[1], index=0, size=1, proof=[HASHES[0]], root=ROOTS[2])
    # A good proof from 3 to 4 leaves, and one step more, with both roots made to fit.
    assert not verify_consistency(
        old_size=3,
        new_size=4,
        old_root=node_hash(HASHES[9], ROOTS[3]),
        new_root=node_hash(HASHES[9], ROOTS[4]),
        proof=[HASHES[2], HASHES[3], ROOTS[2], HASHES[9]],
    )


@given(st.data())
def test_tampering_with_a_consistency_proof_is_detected(data):
    new = data.draw(st.integers(2, 33))
    old = data.draw(st.integers(1, new - 1))
    bit = data.draw(st.integers(0, 255))
    proof = consistency_proof(HASHES, old, new)

    def holds(*, old_size=old, old_root=ROOTS[old], new_root=ROOTS[new], proof=proof):
        return verify_consistency(
            old_size=old_size, new_size=new, old_root=old_root, new_root=new_root, proof=proof
        )

    assert holds()
    assert not holds(old_root=flipped(ROOTS[old], bit))
    assert not holds(new_root=flipped(ROOTS[new], bit))
    assert not holds(proof=[])
    assert not holds(proof=[*proof, proof[0]])
    place = data.draw(st.integers(0, len(proof) - 1))
    changed = [*proof]
    changed[place] = flipped(changed[place], bit)
    assert not holds(proof=changed)
    assert not holds(proof=proof[:place] + proof[place + 1 :])
    for claimed in range(new + 2):
        assert holds(old_size=claimed) is (claimed == old)


@given(st.integers(1, 32), st.data())
def test_a_log_whose_past_was_rewritten_is_detected(old, data):
    place = data.draw(st.integers(0, old - 1))
    rewritten = [*HASHES]
    rewritten[place] = leaf_hash(b"rewritten")
    assert not verify_consistency(
        old_size=old,
        new_size=33,
        old_root=ROOTS[old],
        new_root=root(rewritten),
        proof=consistency_proof(rewritten, old, 33),
    )


def test_a_log_that_shrank_is_refused():
    assert not verify_consistency(
        old_size=5, new_size=3, old_root=ROOTS[5], new_root=ROOTS[3], proof=[]
    )


def test_equal_sizes_need_equal_roots_and_no_path():
    same = {"old_size": 3, "new_size": 3, "old_root": ROOTS[3]}
    assert verify_consistency(**same, new_root=ROOTS[3], proof=[])
    assert not verify_consistency(**same, new_root=ROOTS[4], proof=[])
    assert not verify_consistency(**same, new_root=ROOTS[3], proof=[HASHES[0]])


def test_the_empty_log_begins_every_log_but_only_with_its_own_root():
    start = {"old_size": 0, "new_size": 3, "new_root": ROOTS[3]}
    assert verify_consistency(**start, old_root=EMPTY_ROOT, proof=[])
    assert not verify_consistency(**start, old_root=ROOTS[1], proof=[])
    assert not verify_consistency(**start, old_root=EMPTY_ROOT, proof=[HASHES[0]])
    assert not verify_consistency(
        old_size=0, new_size=0, old_root=EMPTY_ROOT, new_root=ROOTS[1], proof=[]
    )


def test_a_node_is_never_accepted_as_a_leaf():
    inner = node_hash(HASHES[0], HASHES[1])
    assert not verify_inclusion(
        leaf=inner, index=0, size=4, proof=[node_hash(HASHES[2], HASHES[3])], root=ROOTS[4]
    )


RUBBISH = [None, "", "text", 1.0, True, -1, 2**64, b"", b"\x00" * 31, [None], [b"short"], object()]


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_is_false_and_never_an_exception(rubbish):
    included = {"leaf": HASHES[0], "index": 1, "size": 2, "proof": [HASHES[1]], "root": ROOTS[2]}
    for part in included:
        assert verify_inclusion(**(included | {part: rubbish})) is False
    consistent = {
        "old_size": 2,
        "new_size": 3,
        "old_root": ROOTS[2],
        "new_root": ROOTS[3],
        "proof": [HASHES[2]],
    }
    assert verify_consistency(**consistent)
    for part in consistent:
        assert verify_consistency(**(consistent | {part: rubbish})) is False


@given(
    st.integers(-2, 2**65),
    st.integers(-2, 2**65),
    st.lists(st.binary(min_size=31, max_size=33) | st.just(HASHES[0]), max_size=70),
)
def test_wild_numbers_and_paths_are_false(one, other, proof):
    assert not verify_inclusion(leaf=HASHES[3], index=one, size=other, proof=proof, root=ROOTS[9])
    assert not verify_consistency(
        old_size=one, new_size=other, old_root=ROOTS[8], new_root=ROOTS[9], proof=proof
    )


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, 34)])
def test_refuses_to_prove_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="inclusion proof"):
        inclusion_proof(HASHES, index, size)


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3), (0, 34)])
def test_refuses_to_prove_consistency_of_sizes_that_are_not_there(old, new):
    with pytest.raises(ValueError, match="consistency proof"):
        consistency_proof(HASHES, old, new)
