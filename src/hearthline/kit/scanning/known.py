# SPDX-License-Identifier: Apache-2.0
"""What banks know of hashed files: many files in one lookup, and the answer in the row's words.

Three keys are added to a row, each only if there is something to tell:

    matches      each {"bank", "kind", "entry", "distance", "radius", "category", "disputed"} with
                 the "view" or, of a video, the second "at" and how many "frames" matched
    videos       of a video, for each known content: {"bank", "content", "frames", "share", "of",
                 "content_share"}: how many frames matched, which share of its frames that is, of
                 how many hashes the content has, and which share of those was found
    suppressed   matches that do not count, because a bank of harmless content knows the file
    reason       which bank and entry say so

An entry that several views of a file match is told once, by its nearest view.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from hearthline.kit.formats.known_hash import HashKind
from hearthline.kit.hashing import GOOD_QUALITY
from hearthline.kit.matching.banks import Answer, Library, Match
from hearthline.kit.scanning.hashed import DIGESTS, SHOWN, Hashed, Look, quality_of


def kinds_known(library: Library, banks: Collection[str] | None) -> tuple[HashKind, ...]:
    """The kinds of hash that the banks asked for, or a bank of harmless content, have an index of.

    Raises NoSuchBank.
    """
    asked = library.banks() if banks is None else [library.bank(name) for name in banks]
    asked += [bank for bank in library.banks() if bank.settings.negative]
    return tuple(kind for kind in HashKind if any((bank.folder / kind).is_dir() for bank in asked))


def look_up(
    library: Library,
    hashed: Sequence[Hashed],
    *,
    banks: Collection[str] | None,
    at: datetime,
) -> None:
    """Adds to each row what the banks know of it. Raises BankRefused where a bank is unusable."""
    found: dict[int, dict[HashKind, list[tuple[Look, Answer]]]] = {}
    for kind in HashKind:
        asked = [
            (number, look)
            for number, each in enumerate(hashed)
            for look in each.looks.get(kind, ())
        ]
        if not asked:
            continue
        queries = [look.value for _, look in asked]
        answers = library.lookup(kind, queries, at=at, banks=banks, details=True)
        for (number, look), answer in zip(asked, answers, strict=True):
            if answer.matches or answer.suppressed or answer.harmless:
                by_kind = found.setdefault(number, {})
                by_kind.setdefault(kind, []).append((look, answer))
    categories = {bank.name: bank.settings.category for bank in library.banks()} if found else {}
    for number, by_kind in found.items():
        row = hashed[number].row
        row |= _told(by_kind, categories)
        if row.get("media") == "video" and row.get("frames") and "matches" in row:
            frames = [one for one in by_kind.get(HashKind.PDQ, ()) if one[1].matches]
            row["videos"] = list(_shares(library, row, frames))


def _told(
    by_kind: dict[HashKind, list[tuple[Look, Answer]]], categories: Mapping[str, str]
) -> dict[str, Any]:
    answers = [(kind, look, answer) for kind, each in by_kind.items() for look, answer in each]
    # The very same bytes are known to be harmless: then nothing else about them counts.
    safe = next((one for one in map(_harmless_bytes, answers) if one), "")
    matches: list[tuple[Look, Match]] = []
    suppressed: list[tuple[Look, Match]] = []
    for _, look, answer in answers:
        (suppressed if safe else matches).extend((look, match) for match in answer.matches)
        suppressed += [(look, match) for match in answer.suppressed]
    reason = safe or next((answer.reason for _, _, answer in answers if answer.reason), "")
    told: dict[str, Any] = {}
    if matches:
        told["matches"] = list(_nearest(matches, categories))
    if suppressed:
        told["suppressed"] = list(_nearest(suppressed, categories))
        told["reason"] = reason
    return told


def _shares(
    library: Library, row: dict[str, Any], frames: list[tuple[Look, Answer]]
) -> Iterator[dict[str, Any]]:
    """For each content that frames of a video match: how much of either is in the other."""
    seen: dict[tuple[str, int], tuple[set[float | None], set[int]]] = {}
    for look, answer in frames:
        for match in answer.matches:
            if match.details is not None:
                key = (match.bank, match.details.content)
                times, entries = seen.setdefault(key, (set(), set()))
                times.add(look.at)
                entries.add(match.entry)
    looked = sum(quality_of(frame) >= GOOD_QUALITY for frame in row["frames"]) or len(row["frames"])
    for (bank, content), (times, entries) in sorted(seen.items()):
        known = library.bank(bank).content(content)
        size = max(sum(entry.kind == HashKind.PDQ for entry in known), len(entries))
        yield {
            "bank": bank,
            "content": content,
            "frames": len(times),
            "share": round(len(times) / looked, 3),
            "of": size,
            "content_share": round(len(entries) / size, 3),
        }


def _harmless_bytes(answered: tuple[HashKind, Look, Answer]) -> str:
    kind, _, answer = answered
    if kind not in DIGESTS:
        return ""
    sure = [match for match in answer.harmless if not match.disputed]
    if not sure:
        return ""
    return f"known to be harmless: bank {sure[0].bank}, entry {sure[0].entry}, equal {kind}"


def _nearest(
    matches: Iterable[tuple[Look, Match]], categories: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Each entry once, the nearest first; `categories` are those of banks, for entries without."""
    entries: dict[tuple[str, int], list[tuple[Look, Match]]] = {}
    for look, match in matches:
        entries.setdefault((match.bank, match.entry), []).append((look, match))
    best = [(min(each, key=_distance), each) for each in entries.values()]
    for (look, match), each in sorted(best, key=lambda one: _distance(one[0])):
        told = {
            "bank": match.bank,
            "kind": str(match.kind),
            "entry": match.entry,
            "distance": match.distance,
            "radius": match.radius,
        }
        own = match.details.category if match.details is not None else ""
        if category := own or categories.get(match.bank):
            told["category"] = category
        if match.disputed:
            told["disputed"] = True
        if look.at is not None:
            told |= {"at": look.at, "frames": len(each)}
        elif look.view != SHOWN or match.kind == HashKind.PDQ:
            told["view"] = look.view
        yield told


def _distance(one: tuple[Look, Match]) -> tuple[int, str, int]:
    _, match = one
    return match.distance, match.bank, match.entry
