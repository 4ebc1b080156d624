# SPDX-License-Identifier: Apache-2.0
"""Proof that nothing in the log was altered, or the name of the first thing that was.

What no log can show from inside is that its end was cut off together with the last checkpoints.
So keep the note of a checkpoint elsewhere and give it as `kept`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hearthline.hub.audit.checkpoints import opened
from hearthline.hub.audit.files import NotALog, read_file, write_file
from hearthline.hub.audit.keys import public_keys
from hearthline.hub.audit.lines import Line
from hearthline.hub.audit.prover import Finding, Prover
from hearthline.hub.audit.reading import read_database
from hearthline.kit.ledger import CheckpointRefused


@dataclass(frozen=True)
class Report:
    """What a proof came to. `sentence` says it in plain words and names what is wrong first.

    `entries` are those under a checkpoint, `unlogged` those that wait for the next one;
    `signed_at` is the time of the last checkpoint, "" when there is none.
    """

    ok: bool
    sentence: str
    entries: int = 0
    checkpoints: int = 0
    unlogged: int = 0
    signed_at: str = ""
    findings: tuple[Finding, ...] = ()


def verify(*, public_key_text: str, kept: Iterable[str] = ()) -> Report:
    """Prove the log in the database. Raises `KeyRefused`; reads in chunks."""
    return _prove(read_database(), public_key_text, kept)


def verify_export(path: Path, public_key_text: str, kept: Iterable[str] = ()) -> Report:
    """Prove an exported log, with no database at hand. Raises `KeyRefused`."""
    try:
        return _prove(read_file(path), public_key_text, kept)
    except NotALog as refusal:
        return Report(ok=False, sentence=f"{path.name} was altered or cut. {refusal}")
    except OSError as error:
        return Report(ok=False, sentence=f"{path} cannot be read: {error.strerror}.")


def export(path: Path) -> Report:
    """Write the log to a new file, to be proven elsewhere by `verify_export`."""
    try:
        count = write_file(path, read_database())
    except FileExistsError:
        return Report(
            ok=False,
            sentence=f"{path} is there already. Nothing was written; choose another name.",
        )
    except OSError as error:
        return Report(ok=False, sentence=f"{path} cannot be written: {error.strerror}.")
    return Report(ok=True, sentence=f"{count} lines of the log were written to {path}.")


def _prove(lines: Iterable[Line], public_key_text: str, kept: Iterable[str]) -> Report:
    keys = public_keys(public_key_text)
    try:
        checkpoints = [opened(note, keys) for note in kept]
    except CheckpointRefused as refusal:
        return Report(ok=False, sentence=f"The checkpoint that was kept cannot be used. {refusal}")
    prover = Prover(keys, checkpoints)
    prover.prove(lines)
    return Report(
        ok=not prover.findings,
        sentence=_sentence(prover),
        entries=prover.size,
        checkpoints=prover.checkpoints,
        unlogged=prover.unlogged,
        signed_at=prover.signed_at,
        findings=tuple(prover.findings),
    )


def _sentence(prover: Prover) -> str:
    if prover.findings:
        first, *more = prover.findings
        return first.sentence + (f" {len(more)} more findings follow." if more else "")
    waiting = f" {prover.unlogged} wait for the next checkpoint." if prover.unlogged else ""
    if not prover.checkpoints:
        return f"The log is empty.{waiting}"
    return (
        f"The log is whole: {prover.size} entries under {prover.checkpoints} checkpoints, the "
        f"last signed {prover.signed_at}.{waiting}"
    )
