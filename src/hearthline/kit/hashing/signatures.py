# SPDX-License-Identifier: Apache-2.0
"""What a file is, told by how it begins, so that a refusal can say it in plain words."""

import struct

_STARTS = {
    b"\xff\xd8\xff": "JPEG picture",
    b"\x89PNG\r\n\x1a\n": "PNG picture",
    b"GIF87a": "GIF picture",
    b"GIF89a": "GIF picture",
    b"BM": "BMP picture",
    b"II*\x00": "TIFF picture",
    b"MM\x00*": "TIFF picture",
    b"II+\x00": "TIFF picture",
    b"MM\x00+": "TIFF picture",
    b"\x00\x00\x01\x00": "ICO picture",
    b"8BPS": "Photoshop picture",
    b"\x00\x00\x00\x0cjP  ": "JPEG 2000 picture",
    b"\xff\x4f\xff\x51": "JPEG 2000 picture",
    b"\x00\x00\x00\x0cJXL ": "JPEG XL picture",
    b"\xff\x0a": "JPEG XL picture",
    b"%!PS": "PostScript document",
    b"%PDF": "PDF document",
    b"<svg": "SVG drawing",
    b"<?xml": "XML document",
    b"PK\x03\x04": "ZIP archive",
    b"\x1f\x8b": "gzip archive",
    b"\x1a\x45\xdf\xa3": "Matroska or WebM video",
}
_BRANDS = {
    b"avif": "AVIF picture",
    b"avis": "AVIF picture",
    b"heic": "HEIC picture",
    b"heix": "HEIC picture",
    b"hevc": "HEIC picture",
    b"heim": "HEIC picture",
    b"mif1": "HEIF picture",
    b"msf1": "HEIF picture",
}
READ = {f"{name} picture" for name in ("JPEG", "PNG", "GIF", "WebP", "AVIF", "TIFF", "BMP")}
"""The kinds of picture that are decoded here."""


def kind_of(content: bytes) -> str | None:
    """What the content seems to be, in English; None where nothing is recognised."""
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], "MP4 or QuickTime video")
    if content[:4] == b"RIFF":
        return {b"WEBP": "WebP picture", b"AVI ": "AVI video"}.get(content[8:12])
    start = content[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    for sign, kind in _STARTS.items():
        if content.startswith(sign) or (sign.startswith(b"<") and start.startswith(sign)):
            return kind
    return None


def webp_size(content: bytes) -> tuple[int, int] | None:
    """Width and height as a WebP file declares them; None for any other file."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    part = content[12:16]
    if part == b"VP8X":
        width = int.from_bytes(content[24:27], "little")
        return width + 1, int.from_bytes(content[27:30], "little") + 1
    if part == b"VP8L":
        packed = int.from_bytes(content[21:25], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF
