# SPDX-License-Identifier: Apache-2.0
"""hearthline hash: files to hashes, one JSON object a line.

Name files, or `-` to read their names from standard input: one a line, or with -0 each ended by a
NUL byte, as `find -print0` writes them. Rows come out in the order of the names. Only hashes, the
kind of file and its size are written, never content.

    find pictures -type f -print0 | hearthline hash -0 - | hearthline match --library banks
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence

from hearthline.commands import options
from hearthline.commands.ending import CallRefused, ended, parser
from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.scanning import Wanted, failed, names, row_line
from hearthline.kit.scanning.contents import opened_ahead
from hearthline.kit.scanning.hashed import hash_content


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    return ended("hash", lambda: _hash(chosen))


def _parser() -> argparse.ArgumentParser:
    made = parser("hash", __doc__)
    made.add_argument("files", nargs="+", metavar="FILE", help="a file, an address, or -")
    made.add_argument(
        "-0", "--null", action="store_true", help="names on standard input end in NUL"
    )
    options.add_hashing(made, exact=True)
    options.add_place(made)
    return made


def _hash(chosen: argparse.Namespace) -> int:
    options.above_nothing(chosen.frames_per_second, "--frames-per-second")
    if chosen.null and "-" not in chosen.files:
        raise CallRefused("-0 is about names on standard input; add - to read them.")
    wanted = Wanted(
        kinds=options.kinds(chosen.kinds) or tuple(HashKind),
        exact=chosen.exact,
        dihedral=chosen.dihedral,
        tell_dihedral=True,
        frames_per_second=chosen.frames_per_second,
    )
    some_failed = False
    out = sys.stdout.buffer
    for name, content in opened_ahead(_named(chosen.files, chosen.null), options.place(chosen)):
        row = hash_content(name, content, wanted).row
        some_failed |= failed(row)
        out.write(row_line(row))
        out.flush()  # whoever reads the pipe can begin
    return int(some_failed)


def _named(files: Iterable[str], null: bool) -> Iterator[str]:
    for file in files:
        if file == "-":
            yield from names.read(sys.stdin.buffer, end=b"\0" if null else b"\n")
        else:
            yield file
