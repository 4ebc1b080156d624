# SPDX-License-Identifier: Apache-2.0
"""`/m`: signals to banks, two signals compared, and how large the indexes are."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from hearthline.kit.matching.banks import Answer as Known
from hearthline.kit.matching.banks import HashKind, Match
from hearthline.kit.matching.banks.settings import DEFAULT_RADIUS
from hearthline.matcher.counting import changed_at
from hearthline.matcher.hma.hashing import Signals, signals_of_address, signals_of_file
from hearthline.matcher.hma.kinds import SIGNAL_TYPES, kind_of, value_of
from hearthline.matcher.keys import Scope
from hearthline.matcher.looking import told
from hearthline.matcher.recognition import asking_banks
from hearthline.matcher.web import Answer, Call, Refusal

_NO_DISTANCE = "-"

ByBank = dict[str, list[dict[str, Any]]]


async def raw_lookup(call: Call) -> Answer:
    """GET: every item near a signal, whether or not it is paused; negative banks if named."""
    name = call.required("signal_type")
    kind, value = value_of(name, call.required("signal"))
    query = np.frombuffer(value, np.uint8).reshape(1, -1)
    named = call.names_in("banks")
    found: dict[int, int] = {}
    library = call.service.library
    with asking_banks(library):
        for bank in library.banks():
            settings = bank.settings
            if kind not in settings.kinds:
                continue
            if settings.negative if named is None else settings.name not in named:
                continue
            matches = bank.matches(kind, query)
            near = dict(zip(matches.id.tolist(), matches.distance.tolist(), strict=True))
            for entry in bank.existing(list(near)):
                number = call.service.numbering.number(bank.folder.name, entry.content)
                found[number] = min(near[entry.id], found.get(number, near[entry.id]))
    if not call.flag("include_distance"):
        return Answer.json({"matches": list(found)})
    listed = [
        {"bank_content_id": number, "distance": _distance(kind, distance)}
        for number, distance in found.items()
    ]
    return Answer.json({"matches": listed})


async def lookup(call: Call) -> Answer:
    """GET: the banks that know a signal, or the file at `url`."""
    selected = call.query.get("signal_type")
    if call.query.get("url"):
        call.needs(Scope.HASH)
        by_type = await _of_file(call, await signals_of_address(call))
        return Answer.json(by_type if selected is None else by_type.get(selected, {}))
    if not selected or not call.query.get("signal"):
        raise Refusal(
            400, "parameter_missing", "Either url or both signal and signal_type are required"
        )
    kind, value = value_of(selected, call.query["signal"])
    return Answer.json(await _known(call, kind, [value]))


async def lookup_file(call: Call) -> Answer:
    """POST: the banks that know the one file of a form."""
    return Answer.json(await _of_file(call, await signals_of_file(call)))


async def compare(call: Call) -> Answer:
    """POST: whether two signals match, and how far they are apart, for each type named."""
    told_: dict[str, Any] = {}
    for name, pair in call.json_object().items():
        if not isinstance(pair, list):
            raise Refusal(400, "not_a_pair", f"Comparison hashes for {name[:40]} was not a list")
        if len(pair) != 2:
            raise Refusal(400, "not_a_pair", "Comparison hash list length must be exactly 2")
        (kind, left), (_, right) = value_of(name, pair[0]), value_of(name, pair[1])
        if kind is HashKind.PDQ:
            distance = (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).bit_count()
            told_[name] = [distance <= DEFAULT_RADIUS, {"distance": distance}]
        else:
            told_[name] = [left == right, {}]
    return Answer.json(told_)


async def index_status(call: Call) -> Answer:
    """GET: for each signal type, whether there is an index, how large, and of when."""
    asked = call.query.get("signal_type")
    if asked is not None:
        kind_of(asked)
    return Answer.json(await call.service.recognition.aside(lambda: index_standing(call, asked)))


def index_standing(call: Call, asked: str | None) -> dict[str, dict[str, Any]]:
    """How the indexes stand, by signal type."""
    banks = call.service.library.banks()
    counted = [(call.service.counts.of(bank), changed_at(bank)) for bank in banks]
    standing: dict[str, dict[str, Any]] = {}
    for name, kind in SIGNAL_TYPES.items():
        if asked is not None and name != asked:
            continue
        sizes = [(kinds[kind], changed) for kinds, changed in counted if kinds.get(kind)]
        standing[name] = {
            "present": bool(sizes),
            "built_to": max((changed for _, changed in sizes), default=-1),
            "size": sum(size for size, _ in sizes),
        }
    return standing


async def _of_file(call: Call, signals: Signals) -> dict[str, ByBank]:
    by_type: dict[str, ByBank] = {}
    for name, text in signals.named.items():
        kind = SIGNAL_TYPES[name]
        if kind is HashKind.PDQ:
            # A picture that shows too little is known by nothing.
            values = list(signals.hashed.views()) if text else []
        else:
            values = [bytes.fromhex(text)]
        by_type[name] = await _known(call, kind, values) if values else {}
    return by_type


async def _known(call: Call, kind: HashKind, values: Sequence[bytes]) -> ByBank:
    """By bank, the items near any of the values, each at its least distance."""
    banks = _existing(call, call.names_in("banks"))
    answers = await call.service.recognition.known(
        kind,
        values,
        banks=banks,
        seed=call.query.get("seed", ""),
        bypass=call.flag("bypass_coinflip"),
    )
    await told(call, [(kind, answers)])
    return _by_bank(call, kind, answers)


def _by_bank(call: Call, kind: HashKind, answers: Sequence[Known]) -> ByBank:
    # One view of a picture that is known to be harmless speaks for the picture.
    if any(answer.suppressed for answer in answers):
        return {}
    nearest: dict[str, dict[int, Match]] = {}
    for match in (match for answer in answers for match in answer.matches):
        seen = nearest.setdefault(match.bank, {})
        if match.entry not in seen or match.distance < seen[match.entry].distance:
            seen[match.entry] = match
    by_bank: ByBank = {}
    for name, entries in nearest.items():
        bank = call.service.library.bank(name)
        items: dict[int, int] = {}
        for entry in bank.existing(list(entries)):
            number = call.service.numbering.number(bank.folder.name, entry.content)
            items[number] = min(entries[entry.id].distance, items.get(number, 256))
        by_bank[name] = [
            {"bank_content_id": number, "distance": _distance(kind, distance)}
            for number, distance in sorted(items.items(), key=lambda item: item[1])
        ]
    return by_bank


def _existing(call: Call, names: Collection[str] | None) -> list[str] | None:
    """Those of the banks named that exist: others hold nothing, which is no fault to clients."""
    if names is None:
        return None
    return [bank.name for bank in call.service.library.banks() if bank.name in names]


def _distance(kind: HashKind, distance: int) -> str:
    return str(distance) if kind is HashKind.PDQ else _NO_DISTANCE
