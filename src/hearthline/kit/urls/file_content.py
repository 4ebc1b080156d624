# SPDX-License-Identifier: Apache-2.0
"""Keeping files out of text boxes.

This system never receives imagery. People in distress, and people who mean harm, still paste
files: as a ``data:`` address, as base64 or hexadecimal, as bytes shown as letters. Whatever is
pasted is looked at here before it is stored anywhere; a text that holds a file is refused and
nothing of it is kept, not even in the exception.

How it looks: the text is unwrapped (HTML entities, percent escapes, full-width letters,
backslash escapes), white space and punctuation are taken out, and the signatures of image,
video, document and archive formats are searched at ANY place of the base64 and hexadecimal that
remains. Each hit is decoded and its header checked, so hash lists, wallet addresses, long links
and prose in any language pass.

What it cannot see: files that were encrypted, reversed, spelled in base32, base85, quoted-
printable or lists of decimal numbers, or cut into pieces pasted one by one (a single piece is
refused once it is longer than any address could be). It keeps accidents and easy tricks out. It
is not a proof that no text ever encodes a picture.
"""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

from hearthline.kit.urls.canonical import MAX_LENGTH
from hearthline.kit.urls.defang import INVISIBLE


class FileContent(StrEnum):
    """In what form a file was found. The value is a stable code for translations."""

    DATA_ADDRESS = "data_address"
    IMAGE_BASE64 = "image_base64"
    BINARY_BYTES = "binary_bytes"


_REASONS: Final = {
    FileContent.DATA_ADDRESS: "This is a file written as an address (data:). "
    "Please give only the address of the page where it can be found.",
    FileContent.IMAGE_BASE64: "This text contains a file written as letters and digits. "
    "Please describe it in words instead.",
    FileContent.BINARY_BYTES: "This text contains the contents of a file. "
    "Please describe it in words instead.",
}


class FileContentRefused(ValueError):
    """The text holds the contents of a file. ``code`` and a plain ``reason``; never the text."""

    def __init__(self, code: FileContent) -> None:
        self.code = code
        self.reason = _REASONS[code]
        super().__init__(self.reason)


# The beginnings of file formats, from their own specifications (see ``file``'s magic for a
# collection). Short signatures are followed by what the rest of the header must look like.
_FILE_START = re.compile(
    rb"""
      \x89PNG\r\n\x1a\n
    | GIF8[79]a
    | \xff\xd8\xff+ (?: \xe0..JF(?:IF|XX)\x00 | \xe1..(?:Exif|http)
                      | [\xc0-\xcf\xdd]\x00.
                      | \xdb[\x00\x01]. | [\xe2-\xef\xfe][\x00-\x0f]. )                   # JPEG
    | BM.{4}\x00{4}..\x00\x00[\x0c\x28\x34\x38\x40\x6c\x7c]\x00{3}                    # BMP
    | II[*+]\x00 | MM\x00[*+]                                                         # TIFF
    | \x00{3}.ftyp                                                        # HEIC, AVIF, MP4
    | \x00{3}\x0c(?:jP[ ]{2}|JXL[ ])\r\n\x87\n                            # JPEG 2000 and XL
    | RIFF.{4}(?:WEBP|AVI[ ]|WAVE)
    | \x1aE\xdf\xa3                                                          # Matroska, WebM
    | FLV\x01 | 0&\xb2u\x8ef\xcf\x11 | 8BPS\x00\x01                      # Flash, ASF, Photoshop
    | %PDF-
    | PK\x03\x04[\x00-\x3f]\x00                                       # ZIP and its descendants
    | \x1f\x8b\x08[\x00-\x1f].{4}[\x00\x02\x04][\x00-\x0d\xff]                        # gzip
    | 7z\xbc\xaf'\x1c | Rar!\x1a\x07 | BZh[1-9]1AY&SY | \xfd7zXZ\x00 | \xd0\xcf\x11\xe0\xa1\xb1
    | \s* (?:<\?xml[^>]*>\s*)? <svg\b
    """,
    re.DOTALL | re.VERBOSE,
)
_STARTS: Final = (
    *(b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"BM", b"II*\x00", b"II+\x00"),
    *(b"MM\x00*", b"MM\x00+", b"\x00\x00\x00\x0cjP", b"\x00\x00\x00\x0cJX", b"RIFF"),
    *(b"\x1aE\xdf\xa3", b"FLV\x01", b"0&\xb2u", b"8BPS", b"%PDF-", b"PK\x03\x04"),
    *(b"\x1f\x8b\x08", b"7z\xbc\xaf", b"Rar!\x1a", b"BZh", b"\xfd7zX", b"\xd0\xcf\x11\xe0"),
    *(b"<svg", b"<?xml "),
)
_MINIMUM = 24  # bytes; the smallest possible GIF has 26
_WINDOW = 256  # letters decoded at a hit


def _base64_letters(start: bytes) -> str:
    """The base64 letters that ``start`` fixes completely when it begins a file."""
    return base64.b64encode(start).decode()[: len(start) * 8 // 6]


# Look-aheads, so that hits may overlap. ``....ftyp`` begins with a length; its letters are
# spelled out: three zero bytes, the last length byte, then "ftyp".
_BASE64_START = re.compile(
    "(?=" + "|".join(re.escape(_base64_letters(start)) for start in _STARTS)
    + "|AAAA[A-Za-z0-9+/][GWm2]Z0eX[A-D])"
)  # fmt: skip
_HEX_START = re.compile("(?=" + "|".join(start.hex() for start in _STARTS) + "|000000..66747970)")

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")
_NOT_HEX = re.compile(r"0x|\\x|[^0-9a-f]+")
# What stands between the lines of one text: ``\n`` spelled out and strings joined with a plus sign
# (source code), list marks and quotation marks of e-mail at the beginning of a line.
_BETWEEN_LINES = re.compile(r"\\[nrt]|([\"'])\s*\+\s*\1|^[ \t]*[-+*>•]+[ \t]+", re.MULTILINE)
_URL_SAFE = str.maketrans("-_", "+/")

_UNSEEN = re.compile(f"[{INVISIBLE}\t\r\n]+")
_DATA = re.compile(
    r"data:(?:(?:image|video|audio|application)/[a-z]|[a-z]+/[a-z0-9.+-]+(?:;[^,;\s]{1,99}){0,9},)"
)
_DATA_BASE64 = re.compile(r"data:[a-z0-9/.+-]{0,99}(?:;[^,;]{1,99}){0,9};base64,")

_UNTEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffd]")
_MARKER = re.compile("IHDR|JFIF|Exif|GIF8[79]a|ftyp|WEBP|AVI LIST|PK\x03\x04")
_LETTERED_MARKER = re.compile("\xff\xd8\xff|[\x89‰]PNG|\\s*%PDF-\\d\\.\\d")
_NEAR_THE_START = 64

_BLOCK = re.compile(r"(?:[A-Za-z0-9+/_-]{40,}={0,2}\s*){1,}")
_HEX_ONLY = re.compile(r"[0-9A-Fa-f\s]+")


def refuse_file_content(text: str) -> None:
    """Return quietly when ``text`` is text; raise ``FileContentRefused`` when it holds a file."""
    views = _unwrapped(text)
    for view in views:
        if _is_data_address(view):
            raise FileContentRefused(FileContent.DATA_ADDRESS)
    for view in views:
        if _holds_base64_file(view) or _holds_hex_file(view):
            raise FileContentRefused(FileContent.IMAGE_BASE64)
    if any(map(_begins_like_a_file, views)) or _is_raw_bytes(text) or _is_long_base64(text):
        raise FileContentRefused(FileContent.BINARY_BYTES)


def _unwrapped(text: str) -> list[str]:
    """The text in plain characters: as given, and with escapes undone until none is left."""
    plain = unicodedata.normalize("NFKC", text)
    opened = plain
    for _ in range(8):
        further = unquote(html.unescape(opened), errors="replace")
        if further == opened:
            break
        opened = further
    views = dict.fromkeys((plain, opened))
    return [_BETWEEN_LINES.sub("", view) for view in views]


def _is_data_address(view: str) -> bool:
    seen = _UNSEEN.sub("", view).lower()
    return (
        _DATA.search(seen) is not None or _DATA_BASE64.search(re.sub(r"\s+", "", seen)) is not None
    )


def _holds_base64_file(view: str) -> bool:
    letters = _NOT_BASE64.sub("", view.translate(_URL_SAFE))
    for hit in _BASE64_START.finditer(letters):
        window = letters[hit.start() : hit.start() + _WINDOW]
        if _starts_a_file(base64.b64decode(window[: len(window) // 4 * 4])):
            return True
    return False


def _holds_hex_file(view: str) -> bool:
    digits = _NOT_HEX.sub("", view.lower())
    for hit in _HEX_START.finditer(digits):
        window = digits[hit.start() : hit.start() + _WINDOW]
        if _starts_a_file(bytes.fromhex(window[: len(window) // 2 * 2])):
            return True
    return False


def _starts_a_file(content: bytes) -> bool:
    return len(content) >= _MINIMUM and _FILE_START.match(content) is not None


def _begins_like_a_file(view: str) -> bool:
    """A signature shown as letters: one that is no word, or a word beside unprintable bytes."""
    beginning = view[:_NEAR_THE_START]
    return _LETTERED_MARKER.match(beginning) is not None or (
        _UNTEXT.search(beginning) is not None and _MARKER.search(beginning) is not None
    )


def _is_raw_bytes(text: str) -> bool:
    """Bytes shown as letters: a zero byte, or more than one in twenty unprintable."""
    unreadable = len(_UNTEXT.findall(text))
    return "\x00" in text or (unreadable >= 8 and unreadable * 20 > len(text))


def _is_long_base64(text: str) -> bool:
    """A block longer than any address, of the letters only base64 mixes: part of some file."""
    for block in _BLOCK.finditer(text):
        if len(block[0]) <= MAX_LENGTH or _HEX_ONLY.fullmatch(block[0]):
            continue
        kinds = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[+/_-]")
        if all(re.search(kind, block[0]) for kind in kinds):
            return True
    return False
