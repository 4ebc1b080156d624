# SPDX-License-Identifier: Apache-2.0
"""`/c/bank/NAME/content` and `/c/bank/NAME/signal`: what a bank holds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hearthline.kit.matching.banks import (
    FOREVER,
    Bank,
    Entry,
    EntryUnknown,
    HashKind,
    KnownHash,
)
from hearthline.matcher.hma.banks import as_told, bank_of, changed
from hearthline.matcher.hma.hashing import signals_of_address, signals_of_file
from hearthline.matcher.hma.kinds import SIGNAL_TYPES, value_of
from hearthline.matcher.keys import Scope
from hearthline.matcher.recognition import now
from hearthline.matcher.web import Answer, Call, Refusal

FARTHEST = timedelta(days=5 * 365)
_METADATA = {"content_id", "content_uri", "json"}
_LONGEST_METADATA = 16 * 1024


async def add_file(call: Call) -> Answer:
    """POST: hashes a file, or the file at `url`, and keeps its signals. The file is not kept."""
    bank = bank_of(call)
    metadata = _metadata(call)
    if call.query.get("url"):
        signals = await signals_of_address(call)
    elif call.files:
        signals = await signals_of_file(call)
    else:
        raise Refusal(400, "no_file", "Neither `url` nor multipart file upload was received")
    if not all(signals.named.values()):
        quality = signals.hashed.picture.pdq.quality if signals.hashed.picture else 0
        raise Refusal(
            400,
            "too_little_detail",
            f"the picture shows too little to be known by (quality {quality} of 100)",
        )
    return await _added(call, bank, signals.named, metadata)


async def add_signals(call: Call) -> Answer:
    """POST: keeps signals that were made elsewhere, as one content."""
    bank, asked = bank_of(call), call.json_object()
    metadata = _checked_metadata(asked.pop("metadata", None))
    return await _added(call, bank, asked, metadata)


async def show(call: Call) -> Answer:
    """GET: one content; with `include_signals`, its signals too.

    Numbers of contents can be counted through, so signals are for those who keep banks: whoever
    only asks what is known must not be able to read a bank out.
    """
    with_signals = call.flag("include_signals")
    if with_signals:
        call.needs(Scope.CURATE, Scope.ADMIN)
    bank = bank_of(call)
    entries = await _content(call, bank)
    told = _as_told(call, bank, entries)
    if with_signals:
        told["signals"] = {_name(entry.kind): entry.hex for entry in entries}
    return Answer.json(told)


async def update(call: Call) -> Answer:
    """PUT: pauses a content until `disable_until_ts` (seconds since 1970); 0 ends a pause."""
    bank, asked = bank_of(call), call.json_object()
    entries = await _content(call, bank)
    ids = [entry.id for entry in entries]
    if "disable_until_ts" in asked:
        until = _until(asked["disable_until_ts"])

        def pause() -> None:
            if until is None:
                bank.enable(ids, by=call.key.name, at=now())
            else:
                bank.disable(ids, until=until, by=call.key.name, at=now())

        await changed(call, pause)
        entries = await _content(call, bank)
    return Answer.json(_as_told(call, bank, entries))


async def delete(call: Call) -> Answer:
    """DELETE: removes a content; how many were there to be removed."""
    bank = bank_of(call)
    try:
        ids = [entry.id for entry in await _content(call, bank)]
        await changed(call, lambda: bank.remove(ids, by=call.key.name, at=now()))
    except Refusal as refusal:
        if refusal.code != "no_such_content":
            raise
        return Answer.json({"deleted": 0})
    return Answer.json({"deleted": 1})


async def _added(
    call: Call, bank: Bank, signals: dict[str, Any], metadata: dict[str, Any]
) -> Answer:
    if not signals:
        raise Refusal(400, "no_signals", "No signals given")
    values = {name: value_of(name, text) for name, text in signals.items()}
    hashes = [
        KnownHash(kind, value, content="one", metadata=metadata)
        for kind, value in dict.fromkeys(values.values())
    ]

    def add() -> int:
        ids = bank.add(hashes, source=call.key.name, by=call.key.name, at=now()).ids
        return bank.entry(int(ids[0])).content

    content = await changed(call, add)
    return Answer.json(
        {
            "id": call.service.numbering.number(bank.folder.name, content),
            "signals": {name: value.hex() for name, (_, value) in values.items()},
        }
    )


async def _content(call: Call, bank: Bank) -> list[Entry]:
    """The hashes of the content in the path. Raises Refusal."""
    text = call.names["content_id"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else -1
    item = call.service.numbering.item(bank.folder.name, number)
    try:
        if item is None:
            raise EntryUnknown([number])
        return await call.service.recognition.aside(lambda: bank.content(item))
    except EntryUnknown:
        raise Refusal(404, "no_such_content", f"content '{text[:20]}' not found") from None


def _as_told(call: Call, bank: Bank, entries: list[Entry]) -> dict[str, Any]:
    first = entries[0]
    kept = dict(first.metadata)
    return {
        "id": call.service.numbering.number(bank.folder.name, first.content),
        "disable_until_ts": _timestamp(first.disabled_until),
        "collab_metadata": {source: [] for source in first.sources},
        "original_media_uri": None,
        "bank": as_told(bank),
        "metadata": kept or None,
        "note": None,
    }


def _metadata(call: Call) -> dict[str, Any]:
    """What the call says of a content: in a JSON body, or in the address."""
    if call.content_type == "application/json" and call.body:
        return _checked_metadata(call.json_object().get("metadata"))
    text = call.query.get("metadata")
    if not text:
        return {}
    try:
        return _checked_metadata(json.loads(text))
    except (ValueError, RecursionError):
        raise Refusal(400, "metadata_refused", "metadata should be a json object") from None


def _checked_metadata(metadata: Any) -> dict[str, Any]:
    """Metadata without its address, which is not kept. Raises Refusal."""
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        raise Refusal(400, "metadata_refused", "metadata should be a json object")
    if unexpected := set(metadata) - _METADATA:
        names = ", ".join(sorted(name[:40] for name in unexpected))
        raise Refusal(400, "metadata_refused", f"metadata contains unexpected keys: {names}")
    if len(json.dumps(metadata)) > _LONGEST_METADATA:
        raise Refusal(400, "metadata_refused", "metadata: 16 KiB at most")
    return {name: value for name, value in metadata.items() if name != "content_uri"}


def _until(stamp: Any) -> datetime | None:
    """The end of a pause; None for no pause. Raises Refusal."""
    try:
        seconds = int(stamp)
    except (TypeError, ValueError, OverflowError):
        raise Refusal(400, "timestamp_refused", "disable_until_ts must be a number") from None
    if seconds < 0:
        raise Refusal(400, "timestamp_refused", "disable_until_ts must be a non-negative integer")
    if seconds == 0:
        return None
    if seconds > (now() + FARTHEST).timestamp():
        raise Refusal(
            400, "timestamp_refused", "disable_until_ts must be less than 5 years in the future"
        )
    return datetime.fromtimestamp(seconds, UTC)


def _timestamp(until: datetime | None) -> int:
    if until is None:
        return 0
    return int(min(until, FOREVER).timestamp())


def _name(kind: HashKind) -> str:
    return next(name for name, known in SIGNAL_TYPES.items() if known is kind)
