# SPDX-License-Identifier: Apache-2.0
from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.ledger import (
    Checkpoint,
    CheckpointRefused,
    key_id,
    open_checkpoint,
    root,
    verifier_key,
)

from .make import leaves

ORIGIN = "hotline.example.org/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
CHECKPOINT = Checkpoint(ORIGIN, 7, root(leaves(7)))

# A checkpoint that a public log signed with other software, and the key that log publishes.
PUBLIC_LOG = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
PUBLIC_NOTE = (
    "go.sum database tree\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def signed(text, name=ORIGIN, key=KEY):
    """A note over any text at all, as a careless or hostile holder of the key might sign it."""
    blob = b64encode(key_id(name, key.public_key()) + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {blob}\n"


def test_opens_a_checkpoint_that_another_implementation_signed():
    name, known_id, encoded = PUBLIC_LOG.split("+", 2)
    key = Ed25519PublicKey.from_public_bytes(b64decode(encoded)[1:])
    assert key_id(name, key).hex() == known_id
    assert verifier_key(name, key) == PUBLIC_LOG
    checkpoint = open_checkpoint(PUBLIC_NOTE, key, name)
    assert (checkpoint.origin, checkpoint.size) == ("go.sum database tree", 20852163)
    assert checkpoint.text == PUBLIC_NOTE.partition("\n\n")[0] + "\n"


@pytest.mark.parametrize(
    "published",
    [
        "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_key_ids_are_the_published_ones(published):
    name, known_id, encoded = published.split("+", 2)
    key = Ed25519PublicKey.from_public_bytes(b64decode(encoded)[1:])
    assert key_id(name, key).hex() == known_id
    assert verifier_key(name, key) == published


def test_the_note_reads_as_the_standard_says():
    lines = CHECKPOINT.sign(KEY, ORIGIN).split("\n")
    assert lines[:4] == [ORIGIN, "7", b64encode(CHECKPOINT.root).decode(), ""]
    assert lines[4].startswith(f"— {ORIGIN} ")
    assert lines[5:] == [""]


@given(st.integers(0, 2**64 - 1), st.binary(min_size=32, max_size=32))
def test_what_is_signed_opens_again(size, top):
    checkpoint = Checkpoint(ORIGIN, size, top)
    note = checkpoint.sign(KEY, ORIGIN)
    assert open_checkpoint(note, KEY.public_key(), ORIGIN, origin=ORIGIN) == checkpoint


def test_passes_over_the_signatures_of_witnesses():
    note = CHECKPOINT.sign(KEY, ORIGIN)
    text, witness = CHECKPOINT.sign(OTHER_KEY, "witness.example.org").split("\n\n")
    assert open_checkpoint(note + witness, KEY.public_key(), ORIGIN) == CHECKPOINT
    ours = note.split("\n\n")[1]
    assert open_checkpoint(f"{text}\n\n{witness}{ours}", KEY.public_key(), ORIGIN) == CHECKPOINT


def test_passes_over_extension_lines():
    note = signed(CHECKPOINT.text + "an extension\n")
    assert open_checkpoint(note, KEY.public_key(), ORIGIN) == CHECKPOINT


def test_every_changed_character_of_the_text_is_detected():
    note = CHECKPOINT.sign(KEY, ORIGIN)
    for place in range(len(CHECKPOINT.text)):
        swapped = "x" if note[place] != "x" else "y"
        with pytest.raises(CheckpointRefused):
            open_checkpoint(note[:place] + swapped + note[place + 1 :], KEY.public_key(), ORIGIN)


def test_every_changed_character_of_the_signature_is_detected():
    note = CHECKPOINT.sign(KEY, ORIGIN)
    for place in range(len(CHECKPOINT.text), len(note)):
        swapped = "A" if note[place] != "A" else "B"
        with pytest.raises(CheckpointRefused):
            open_checkpoint(note[:place] + swapped + note[place + 1 :], KEY.public_key(), ORIGIN)


def test_refuses_a_note_that_another_key_signed():
    note = CHECKPOINT.sign(OTHER_KEY, ORIGIN)
    with pytest.raises(CheckpointRefused, match="no signature by this key"):
        open_checkpoint(note, KEY.public_key(), ORIGIN)


def test_refuses_a_note_signed_under_another_name():
    note = CHECKPOINT.sign(KEY, "elsewhere.example.org")
    with pytest.raises(CheckpointRefused, match="no signature by this key"):
        open_checkpoint(note, KEY.public_key(), ORIGIN)


def test_refuses_a_good_signature_beside_a_bad_one_of_the_same_key():
    good = CHECKPOINT.sign(KEY, ORIGIN)
    bad = Checkpoint(ORIGIN, 8, CHECKPOINT.root).sign(KEY, ORIGIN).split("\n\n")[1]
    with pytest.raises(CheckpointRefused, match="does not fit"):
        open_checkpoint(good + bad, KEY.public_key(), ORIGIN)


def test_refuses_the_checkpoint_of_another_log():
    note = Checkpoint("other.example.org/log", 7, CHECKPOINT.root).sign(KEY, ORIGIN)
    with pytest.raises(CheckpointRefused, match="another log"):
        open_checkpoint(note, KEY.public_key(), ORIGIN, origin=ORIGIN)


ROOT_LINE = b64encode(CHECKPOINT.root).decode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{ORIGIN}\n7\n", "three lines"),
        (f"{ORIGIN}\n\n{ROOT_LINE}\n", "none of them empty"),
        (f"\n7\n{ROOT_LINE}\n", "none of them empty"),
        (f"{ORIGIN}\n07\n{ROOT_LINE}\n", "second line"),
        (f"{ORIGIN}\n-7\n{ROOT_LINE}\n", "second line"),
        (f"{ORIGIN}\n٧\n{ROOT_LINE}\n", "second line"),
        (f"{ORIGIN}\n{2**64}\n{ROOT_LINE}\n", "second line"),
        (f"{ORIGIN}\n{'9' * 5000}\n{ROOT_LINE}\n", "second line"),
        (f"{ORIGIN}\n7\n{ROOT_LINE[:-1]}\n", "third line"),
        (f"{ORIGIN}\n7\n{ROOT_LINE} \n", "third line"),
        (f"{ORIGIN}\n7\nAAAA\n", "third line"),
        (f"{ORIGIN}\n7\n{'A' * 42}B=\n", "third line"),
        (f"{ORIGIN}\n7\nno base64 é\n", "third line"),
    ],
)
def test_refuses_a_signed_text_that_is_no_checkpoint(text, reason):
    with pytest.raises(CheckpointRefused, match=reason):
        open_checkpoint(signed(text), KEY.public_key(), ORIGIN)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda note: "", "form of a signed note"),
        (lambda note: CHECKPOINT.text, "form of a signed note"),
        (lambda note: note[:-1], "form of a signed note"),
        (lambda note: note + "\n", "signature line"),
        (lambda note: "\n\n" + note.split("\n\n")[1], "form of a signed note"),
        (lambda note: note.replace("\n", "\r\n"), "characters"),
        (lambda note: note + "\t", "characters"),
        (lambda note: "\ud800" + note, "characters"),
        (lambda note: note.replace("— ", "- "), "signature line"),
        (lambda note: note + "— nameless\n", "signature line"),
        (lambda note: note + "— a+b AAAAAAAA\n", "signature line"),
        (lambda note: note + "— short AAAA\n", "signature line"),
        (lambda note: note + "— witness.example.org AAAAAAAA\n" * 100, "more than 100"),
        (lambda note: "x" * 1_000_001, "longer"),
    ],
)
def test_refuses_what_is_not_in_the_form_of_a_note(spoil, reason):
    with pytest.raises(CheckpointRefused, match=reason):
        open_checkpoint(spoil(CHECKPOINT.sign(KEY, ORIGIN)), KEY.public_key(), ORIGIN)


@given(st.text())
def test_any_other_text_is_refused_and_never_an_error(text):
    with pytest.raises(CheckpointRefused):
        open_checkpoint(text, KEY.public_key(), ORIGIN)


@pytest.mark.parametrize(
    ("origin", "size", "top"),
    [
        ("", 7, CHECKPOINT.root),
        ("two\nlines", 7, CHECKPOINT.root),
        (ORIGIN, -1, CHECKPOINT.root),
        (ORIGIN, 2**64, CHECKPOINT.root),
        (ORIGIN, 7, b"short"),
    ],
)
def test_refuses_to_make_a_checkpoint_of_wrong_parts(origin, size, top):
    with pytest.raises(ValueError, match="checkpoint"):
        Checkpoint(origin, size, top)


@pytest.mark.parametrize("name", ["", "two words", "no\u00a0space", "a+b", "line\n", "tab\x00"])
def test_refuses_to_sign_under_a_name_no_note_may_have(name):
    with pytest.raises(ValueError, match="key name"):
        CHECKPOINT.sign(KEY, name)
