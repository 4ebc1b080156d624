# SPDX-License-Identifier: Apache-2.0
"""`POST /v1/hash` and `/v1/hash-and-match`: a file to its hashes, and to what is known of it.

The file is the body itself, or the one file of a form. It is held until the answer and no longer.
"""

from typing import Any

from hearthline.kit.matching.banks import Answer as Known
from hearthline.kit.matching.banks import HashKind, Match
from hearthline.matcher import metrics
from hearthline.matcher.looking import reference_of, told
from hearthline.matcher.recognition import Hashed
from hearthline.matcher.v1.shapes import near
from hearthline.matcher.web import Answer, Call, Refusal

_DIGESTS = (HashKind.MD5, HashKind.SHA1, HashKind.SHA256)


async def hash_only(call: Call) -> Answer:
    """POST: all hashes of a file."""
    return Answer.json(_hashes(await _hashed(call), {}))


async def hash_and_match(call: Call) -> Answer:
    """POST: all hashes of a file, and what is known of them, in one answer."""
    reference = reference_of(call.query.get("reference", ""))
    banks, seed = call.names_in("banks"), call.query.get("seed", "")
    flags = {name: call.flag(name) for name in ("dihedral", "negative")}
    hashed = await _hashed(call)
    views = hashed.views(**flags)
    asked: list[tuple[HashKind, list[bytes], list[str]]] = [
        (kind, [hashed.digests[kind]], ["bytes"]) for kind in _DIGESTS
    ]
    if hashed.picture is not None and hashed.picture.is_good:
        asked.append((HashKind.PDQ, list(views), list(views.values())))
    matches: list[dict[str, Any]] = []
    harmless: list[dict[str, Any]] = []
    reason, answered = "", []
    for kind, values, names in asked:
        answers = await call.service.recognition.known(kind, values, banks=banks, seed=seed)
        answered.append((kind, answers))
        for view, answer in zip(names, answers, strict=True):
            matches += [_seen(match, view) for match in answer.matches]
            harmless += [_seen(match, view) for match in answer.suppressed]
            reason = reason or answer.reason
    if reason:
        # One view, or the bytes, known to be harmless speak for the file.
        matches, harmless = [], [*harmless, *matches]
        answered = [(kind, [_silent(one) for one in some]) for kind, some in answered]
    announced = await told(call, answered, reference)
    found = {
        "matches": _nearest(matches),
        "suppressed": _nearest(harmless),
        "reason": reason,
        "announced": announced,
    }
    return Answer.json(_hashes(hashed, views) | found)


async def _hashed(call: Call) -> Hashed:
    content = call.body
    if call.content_type == "multipart/form-data":
        if len(call.files) != 1:
            raise Refusal(400, "one_file", "send one file in a form")
        content = call.files[0].content
    hashed = await call.service.recognition.hashed(content, exact=not call.flag("fast"))
    metrics.FILES.labels(hashed.outcome).inc()
    return hashed


def _hashes(hashed: Hashed, views: dict[bytes, str]) -> dict[str, Any]:
    told_: dict[str, Any] = {
        "digests": {str(kind): hashed.digests[kind].hex() for kind in _DIGESTS},
        "picture": None,
        "not_hashed": None,
    }
    if hashed.refusal is not None:
        told_["not_hashed"] = {"code": str(hashed.refusal.code), "detail": str(hashed.refusal)}
    elif hashed.picture is not None:
        picture = hashed.picture
        told_["picture"] = {
            "pdq": picture.pdq.hex,
            "quality": picture.pdq.quality,
            "good": picture.is_good,
            "format": picture.format,
            "width": picture.width,
            "height": picture.height,
            "exact": picture.exact,
            "damaged": picture.damaged,
            "views": {view: bits.hex() for bits, view in (views or hashed.views()).items()},
        }
    return told_


def _seen(match: Match, view: str) -> dict[str, Any]:
    return {**near(match), "kind": str(match.kind), "view": view}


def _nearest(seen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each entry once, as it was seen nearest; nearest first."""
    once: dict[tuple[str, int], dict[str, Any]] = {}
    for one in sorted(seen, key=lambda one: (one["distance"], one["bank"], one["entry"])):
        once.setdefault((one["bank"], one["entry"]), one)
    return list(once.values())


def _silent(answer: Known) -> Known:
    """An answer of which everything is suppressed."""
    return Known((), (*answer.suppressed, *answer.matches), answer.harmless)
