# SPDX-License-Identifier: Apache-2.0
"""hearthline bank: banks of known hashes. Hashes only, never content.

Every change is journaled with a name (--by, else your account's) and the time.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from hearthline.commands import options
from hearthline.commands.ending import DONE, FAILED, CallRefused, ended, parser, tell
from hearthline.kit.formats import hash_csv, hash_rows, threat_exchange, vics
from hearthline.kit.formats.known_hash import HashKind, KnownHash, RefusedItem
from hearthline.kit.matching.banks import Bank, Library, Report, take_in
from hearthline.kit.matching.banks.handout import known_hashes, media

_MOST_TOLD = 20
_LOOK = 1 << 16
IN = ("auto", "csv", "plain", "vics", "json", "rows")
OUT = ("csv", "plain", "vics", "json")


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    return ended(f"bank {chosen.act}", lambda: _ACTS[chosen.act](chosen))


def _parser() -> argparse.ArgumentParser:
    made = parser("bank", __doc__)
    acts = made.add_subparsers(dest="act", required=True, metavar="ACT")

    def act(name: str, what: str, *, one: bool = True, writes: bool = False) -> Any:
        sub = acts.add_parser(name, help=what, description=what)
        if one:
            sub.add_argument("name", metavar="BANK")
        options.add_library(sub)
        if writes:
            sub.add_argument("--by", default=None, metavar="NAME", help="who does it")
        return sub

    _settings(act("create", "make a bank", writes=True))
    act("list", "all banks, one JSON object a line", one=False)
    _import(act("import", "take a list of hashes in", writes=True))
    _export(act("export", "hand a bank out as a list; disabled entries stay behind"))
    for name, what in (
        ("stats", "count entries by state, kind, category and source"),
        ("verify", "compare ledger and indexes of a bank, or of all"),
    ):
        act(name, what, one=False).add_argument("name", metavar="BANK", nargs="?")
    act("rebuild", "make the indexes of a bank anew from its ledger", writes=True)
    return made


def _settings(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--source", help="who hands the hashes out")
    sub.add_argument("--category", help="the code of entries that have none")
    sub.add_argument("--legal-basis", help="why the bank may be held")
    sub.add_argument("--radius", type=int, help="PDQ matches within so many bits, 0 to 64 (31)")
    sub.add_argument("--enabled-share", type=float, help="share of queries it takes part in (1)")
    sub.add_argument("--negative", action="store_true", help="holds what is known to be harmless")
    sub.add_argument("--kinds", metavar="LIST", help=f"of {', '.join(options.KINDS)}")


def _import(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("file", metavar="FILE", help="the list, or - for standard input")
    sub.add_argument("--format", choices=IN, default="auto", help="by default as it begins")
    sub.add_argument("--kind", choices=options.KINDS, help="what hashes are, if the list is silent")
    sub.add_argument("--source", help="who handed the list out; by default the bank's source")
    sub.add_argument("--categories", metavar="LIST", help="of VICS, take only these")


def _export(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--format", choices=OUT, default="csv")
    sub.add_argument("--kind", choices=options.KINDS, help="only hashes of this kind")
    sub.add_argument("--out", metavar="FILE", default="-", help="by default standard output")
    sub.add_argument(
        "--vics-category",
        metavar="CODE=NUMBER",
        action="append",
        default=[],
        help="the VICS category of a category of the bank; may be repeated",
    )
    sub.add_argument("--vics-namespace", default="Default", metavar="NAME")


def _create(chosen: argparse.Namespace) -> int:
    asked = {
        name: getattr(chosen, name)
        for name in ("source", "category", "legal_basis", "radius", "enabled_share", "negative")
        if getattr(chosen, name) is not None
    }
    kinds = options.kinds(chosen.kinds)
    if kinds is not None:
        asked["kinds"] = kinds
    with options.library(chosen, make=True) as library:
        bank = library.create_bank(chosen.name, by=_by(chosen), at=_now(), **asked)
        _write({"bank": bank.name} | bank.settings.as_json())
    return DONE


def _list(chosen: argparse.Namespace) -> int:
    with options.library(chosen) as library:
        for bank in library.banks():
            _write(bank.settings.as_json())
        return _faults(library)


def _import_list(chosen: argparse.Namespace) -> int:
    with options.library(chosen) as library, _source(chosen.file) as file:
        bank = library.bank(chosen.name)
        source = chosen.source or bank.settings.source
        if not source:
            raise CallRefused("say with --source who handed the list out.")
        told = 0

        def refused(item: RefusedItem) -> None:
            nonlocal told
            told += 1
            if told <= _MOST_TOLD:
                tell("bank import", f"{item.place}: {item.reason}")

        report = take_in(
            bank, _read(file, chosen), source=source, by=_by(chosen), at=_now(), on_refused=refused
        )
    if told > _MOST_TOLD:
        tell("bank import", f"{told} items were refused; the first {_MOST_TOLD} are told above.")
    _write(_reported(chosen.name, report))
    return FAILED if report.refused else DONE


def _export_list(chosen: argparse.Namespace) -> int:
    kind = HashKind(chosen.kind) if chosen.kind else None
    if chosen.format == "vics" and kind is not None:
        raise CallRefused("VICS holds all hashes of a medium; leave --kind out.")
    categories = _vics_categories(chosen.vics_category)
    left_out: Counter[str] = Counter()
    with options.library(chosen) as library, _sink(chosen.out) as out:
        bank = library.bank(chosen.name)
        if chosen.format == "vics":
            found = media(bank, categories, at=_now(), left_out=left_out)
            count = vics.write(out, found, namespace=chosen.vics_namespace)
        else:
            hashes = known_hashes(bank, at=_now(), kind=kind, left_out=left_out)
            count = _WRITERS[chosen.format](out, hashes)
        out.flush()
    for reason, number in sorted(left_out.items()):
        tell("bank export", f"{number} left out: {reason}")
    tell("bank export", f"{count} written.")
    return DONE


def _stats(chosen: argparse.Namespace) -> int:
    with options.library(chosen) as library:
        for bank in _asked(library, chosen.name):
            counted = bank.stats(at=_now())
            _write(
                {
                    "bank": bank.name,
                    "entries": counted.entries,
                    "states": counted.states,
                    "kinds": counted.kinds,
                    "categories": counted.categories,
                    "sources": counted.sources,
                    "opinions": counted.opinions,
                }
            )
        return _faults(library)


def _verify(chosen: argparse.Namespace) -> int:
    with options.library(chosen) as library:
        code = _faults(library)
        for bank in _asked(library, chosen.name):
            findings = bank.verify()
            for each in findings:
                tell("bank verify", f"{bank.name}, {each.where}: {each.problem}; {each.advice}")
            _write({"bank": bank.name, "sound": not findings})
            code = FAILED if findings else code
    return code


def _rebuild(chosen: argparse.Namespace) -> int:
    with options.library(chosen) as library:
        library.bank(chosen.name).rebuild(by=_by(chosen), at=_now())
    return DONE


def _asked(library: Library, name: str | None) -> list[Bank]:
    return [library.bank(name)] if name else library.banks()


def _faults(library: Library) -> int:
    faults = library.faults()
    for each in faults:
        tell("bank", f"{each.where}: {each.problem}; {each.advice}")
    return FAILED if faults else DONE


def _read(file: BinaryIO, chosen: argparse.Namespace) -> Iterator[KnownHash | RefusedItem]:
    """The items of a list of any format."""
    form = chosen.format
    if form == "auto":
        form = _form(file)
    if chosen.categories and form != "vics":
        raise CallRefused("--categories is about VICS lists, and this is none.")
    if form == "vics":
        return vics.known_hashes(file, categories=_categories(chosen.categories))
    if form == "json":
        return threat_exchange.read(file)
    if form == "rows":
        return hash_rows.read(file)
    return hash_csv.read(file, kind=HashKind(chosen.kind) if chosen.kind else None)


def _form(file: BinaryIO) -> str:
    """VICS, feeds and rows of ours are JSON and begin so; all else is a list of lines."""
    start = _peek(file)
    text = start.decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")):
        return "csv"
    if text.startswith('{"path":'):
        return "rows"
    return "vics" if "odata" in text[:2000] else "json"


def _peek(file: BinaryIO) -> bytes:
    peek: Callable[[int], bytes] | None = getattr(file, "peek", None)
    return peek(_LOOK) if peek else b""


def _categories(text: str | None) -> list[int | str] | None:
    if text is None:
        return None
    values = [each.strip() for each in text.split(",") if each.strip()]
    return [int(each) if each.isdecimal() else each for each in values]


def _vics_categories(pairs: Sequence[str]) -> dict[str, int | str]:
    categories: dict[str, int | str] = {}
    for pair in pairs:
        code, sign, number = pair.rpartition("=")
        if not sign or not number:
            raise CallRefused(f"{pair!r}: write --vics-category CODE=NUMBER, as csam=1.")
        categories[code] = int(number) if number.isdecimal() else number
    return categories


@contextmanager
def _source(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
    else:
        with open(name, "rb") as file:
            yield file


@contextmanager
def _sink(name: str) -> Iterator[BinaryIO]:
    """Standard output, or a file that gets its name when it is whole."""
    if name == "-":
        yield sys.stdout.buffer
        return
    path = Path(name)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _reported(name: str, report: Report) -> dict[str, Any]:
    counted = ("new", "listed", "known", "withdrawn", "gone_before", "refused")
    told: dict[str, Any] = {"bank": name, "items": report.items}
    told |= {key: getattr(report, key) for key in counted}
    return told | {"reasons": dict(report.reasons)}


def _by(chosen: argparse.Namespace) -> str:
    return chosen.by or options.login()


def _now() -> datetime:
    return datetime.now(UTC)


def _write(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


_WRITERS: dict[str, Callable[[BinaryIO, Iterator[KnownHash]], int]] = {
    "csv": hash_csv.write,
    "plain": hash_csv.write_plain,
    "json": threat_exchange.write,
}
_ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "create": _create,
    "list": _list,
    "import": _import_list,
    "export": _export_list,
    "stats": _stats,
    "verify": _verify,
    "rebuild": _rebuild,
}
