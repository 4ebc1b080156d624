# SPDX-License-Identifier: Apache-2.0
"""The names clients use for kinds of hashes and files, and what stands for them here."""

from hearthline.kit.formats.known_hash import kind_and_value
from hearthline.kit.matching.banks import HashKind
from hearthline.matcher.recognition import Hashed
from hearthline.matcher.web import Call, Refusal

SIGNAL_TYPES = {
    "pdq": HashKind.PDQ,
    "video_md5": HashKind.MD5,
    "md5": HashKind.MD5,
    "sha1": HashKind.SHA1,
    "sha256": HashKind.SHA256,
}
"""By name; the first name of a kind is the one its clients know."""

CONTENT_TYPES = {"photo": ("pdq",), "video": ("video_md5",)}
"""Which signals a file gets unless the call names others."""


def kind_of(name: str) -> HashKind:
    """The kind a signal type is. Raises Refusal."""
    kind = SIGNAL_TYPES.get(name)
    if kind is None:
        raise Refusal(400, "no_such_signal_type", f"No such SignalType '{name[:40]}'")
    return kind


def value_of(name: str, text: object) -> tuple[HashKind, bytes]:
    """The kind and bytes of a signal. Raises Refusal, which does not repeat the signal."""
    kind = kind_of(name)
    try:
        return kind_and_value(text if isinstance(text, str) else "", kind)
    except ValueError as fault:
        raise Refusal(400, "signal_refused", f"invalid {name} signal: {fault}") from None


def wanted_signals(call: Call, content_type: str) -> tuple[str, ...]:
    """The signal types a file is to get. Raises Refusal."""
    usual = CONTENT_TYPES.get(content_type)
    if usual is None:
        raise Refusal(400, "no_such_content_type", f"no such content_type: '{content_type[:40]}'")
    if "types" not in call.query:
        return usual
    names = call.names_in("types")
    if not names:
        raise Refusal(400, "no_types", "empty signal type selection")
    for name in names:
        if name not in SIGNAL_TYPES or (name == "pdq" and content_type != "photo"):
            raise Refusal(
                400, "no_such_signal_type", f"signal type '{name[:40]}' doesn't exist for this"
            )
    return tuple(names)


def signal_of(hashed: Hashed, name: str) -> str:
    """The signal of a file as text; empty where a picture shows too little to be known by."""
    kind = SIGNAL_TYPES[name]
    if kind is not HashKind.PDQ:
        return hashed.digests[kind].hex()
    if hashed.picture is None:
        raise Refusal(400, str(getattr(hashed.refusal, "code", "")), str(hashed.refusal))
    return hashed.picture.pdq.hex if hashed.picture.is_good else ""
