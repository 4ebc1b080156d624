# SPDX-License-Identifier: Apache-2.0
"""Files pasted as text are refused; text is not. All picture bytes are made here, one dot each."""

import base64
import struct
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearthline.kit.urls import FileContent, FileContentRefused, refuse_file_content


def a_png(colour: bytes = b"\x10\x80\xf0") -> bytes:
    """One dot of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    dots = zlib.compress(b"\x00" + colour)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", dots) + chunk(b"IEND", b"")
    )


def a_gif(version: bytes = b"89a") -> bytes:
    return (
        b"GIF" + version + b"\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
        b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"
    )


def a_jpeg(first: bytes = b"\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00") -> bytes:
    """The frame of a JPEG without a scan: enough to be one, too little to show anything."""
    table = b"\xff\xdb\x00\x43\x00" + bytes([16] * 64)
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    return b"\xff\xd8\xff" + first + table + frame + b"\xff\xd9"


FILES = {
    "png": a_png(),
    "gif": a_gif(),
    "gif87": a_gif(b"87a"),
    "jpeg": a_jpeg(),
    "exif": a_jpeg(b"\xe1\x00\x12Exif\x00\x00" + b"II*\x00" + bytes(8)),
    "bare jpeg": b"\xff\xd8" + a_jpeg()[20:],
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(range(0x80, 0xB0)),
    "avi": b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(24),
    "bmp": b"BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00" + bytes(40),
    "tiff": b"II*\x00\x08\x00\x00\x00" + bytes(24),
    "tiff, other end": b"MM\x00*\x00\x00\x00\x08" + bytes(24),
    "heic": b"\x00\x00\x00\x18ftypheic" + bytes(24),
    "avif": b"\x00\x00\x00\x1cftypavif" + bytes(24),
    "mp4": b"\x00\x00\x00\x20ftypisom" + bytes(range(0x80, 0xB0)),
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81" + bytes(24),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(24),
    "zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(24),
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + bytes(24),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "svg with a declaration": b'<?xml version="1.0"?>\n<svg width="1" height="1"></svg>',
}


def code_for(text: str) -> FileContent | None:
    try:
        refuse_file_content(text)
    except FileContentRefused as refused:
        return refused.code
    return None


@pytest.mark.parametrize("name", FILES)
def test_base64_of_a_file_is_refused(name: str) -> None:
    letters = base64.b64encode(FILES[name]).decode()
    assert code_for(letters) is FileContent.IMAGE_BASE64
    assert code_for(f"Here is what he sent me: {letters} please help") is FileContent.IMAGE_BASE64
    assert code_for(letters.rstrip("=")) is FileContent.IMAGE_BASE64


@pytest.mark.parametrize("name", FILES)
def test_url_safe_base64_is_refused_too(name: str) -> None:
    letters = base64.urlsafe_b64encode(FILES[name]).decode()
    assert code_for(letters) is FileContent.IMAGE_BASE64
    assert code_for(f"http://a.test/?i={letters}") is FileContent.IMAGE_BASE64


@pytest.mark.parametrize("name", FILES)
def test_hexadecimal_of_a_file_is_refused(name: str) -> None:
    content = FILES[name]
    spellings = [
        content.hex(),
        content.hex().upper(),
        content.hex(" ", 2),
        content.hex(":"),
        ", ".join(f"0x{byte:02X}" for byte in content),
        "".join(f"\\x{byte:02x}" for byte in content),
    ]
    assert {code_for(spelling) for spelling in spellings} == {FileContent.IMAGE_BASE64}


@pytest.mark.parametrize("name", FILES)
def test_a_data_address_is_refused_however_it_is_dressed(name: str) -> None:
    letters = base64.b64encode(FILES[name]).decode()
    spellings = [
        f"data:image/png;base64,{letters}",
        f"DATA:Image/PNG;BASE64,{letters}",
        f"data:;base64,{letters}",
        f'<img src="data:image/png;base64,{letters}">',
        f"d a t a : image / png ; base64 , {letters}",
        f"da\nta:image/png;base64,{letters}",
        f"data\u200b:image/png;base64,{letters}",
        f"ｄａｔａ：image/png;base64,{letters}",
        f"data&colon;image/png;base64,{letters}",
        quote(f"data:image/png;base64,{letters}", safe=""),
        quote(quote(f"data:image/png;base64,{letters}", safe=""), safe=""),
    ]
    assert {code_for(spelling) for spelling in spellings} == {FileContent.DATA_ADDRESS}


def test_a_data_address_of_a_vector_image_is_refused() -> None:
    assert code_for("data:image/svg+xml,%3Csvg%3E") is FileContent.DATA_ADDRESS
    picture = '<svg><image href="data:image/jpeg;base64,/9j/4AAQ"/></svg>'
    assert code_for(picture) is FileContent.DATA_ADDRESS
    assert code_for("data:text/plain,hello") is FileContent.DATA_ADDRESS


@pytest.mark.parametrize("name", ["png", "gif", "jpeg", "exif", "webp", "mp4", "pdf", "zip"])
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_bytes_shown_as_letters_are_refused(name: str, encoding: str) -> None:
    shown = FILES[name].decode(encoding, errors="replace")
    assert code_for(shown) is FileContent.BINARY_BYTES
    # Many programs drop the zero bytes on the way.
    assert code_for(shown.replace("\x00", "")) is FileContent.BINARY_BYTES


def test_percent_escaped_bytes_of_a_picture_are_refused() -> None:
    assert code_for(quote(a_png())) is FileContent.BINARY_BYTES


def test_one_piece_of_a_long_file_is_refused_without_its_beginning() -> None:
    middle = base64.encodebytes(zlib.compress(bytes(range(256)) * 9, 0)[100:] * 2).decode()
    assert code_for(middle) is FileContent.BINARY_BYTES


def test_the_refusal_keeps_nothing_of_the_text() -> None:
    letters = base64.b64encode(a_png()).decode()
    with pytest.raises(FileContentRefused) as refused:
        refuse_file_content(letters)
    assert letters[:8] not in repr(refused.value)
    assert refused.value.reason.endswith(".")


PICTURES = st.one_of(
    st.binary(min_size=3, max_size=3).map(a_png),
    st.sampled_from([b"87a", b"89a"]).map(a_gif),
    st.binary(min_size=9, max_size=9).map(lambda rest: a_jpeg(b"\xe0\x00\x10JFIF\x00" + rest)),
    st.binary(max_size=90).map(lambda note: a_jpeg(b"\xfe\x00" + bytes([len(note) + 2]) + note)),
)


@given(
    PICTURES,
    st.integers(1, 90),
    st.sampled_from(
        ["\n", "\r\n", " ", "\n> ", "\\n", "\\r\\n", '" +\n"', "%0A", "\u200b", "\n- "]
    ),
    st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]),
    st.sampled_from(["", "look: ", "我收到了：", "x"]),
)
def test_a_picture_is_refused_however_its_letters_are_wrapped(
    content: bytes, width: int, line_break: str, encode: Callable[[bytes], bytes], before: str
) -> None:
    letters = encode(content).decode()
    lines = [letters[place : place + width] for place in range(0, len(letters), width)]
    assert code_for(before + line_break.join(lines)) is FileContent.IMAGE_BASE64


PROSE = [
    "He asked me for pictures and I said no. Then he sent me a JPEG, a PNG and a PDF. What now?",
    "What do Exif, JFIF and IHDR mean? The data: 5, 6 and 7. Formats: GIF89a, %PDF and ftyp.",
    "The form takes this data: image/png, image/jpeg or a description.",
    "有人在群里给我发了不好的图片，我该怎么办？网址是http://a.test/图片。我今年十岁。",
    "طلب مني شخص غريب صورًا وهددني. ماذا أفعل؟ الرابط http://a.test/صفحة",
    "Alguien me pidió fotos y ahora me amenaza. ¿Qué hago? ¡Ayuda! Más información mañana.",
    "Quelqu’un m’a demandé des photos… « à l’école », çà et là. Où puis-je être aidé ?",
    "Кто-то просит у меня фотографии и угрожает. Что мне делать? Помогите, пожалуйста.",
    "😀😢👨‍👩‍👧‍👦🏳️‍🌈❤️" * 20,
    "Первая строка\r\n\tвторая строка\x0bтретья\x0cчетвёртая",
    "caf\ufffd au lait, na\ufffdve",
    "",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_in_six_languages_passes(text: str) -> None:
    assert code_for(text) is None
    assert code_for(text * 30) is None or "\ufffd" in text


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.test/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_X",
        "https://i.test/vi/9j/4b/4AAQ/maxres.html?sqp=-oaymwEcCNACELwBSFXyq4qpAw4IARUAAIhCGAFwAcABBg==",
        "https://a.test/9j/2w/abcdefghijklmnopqrstuvwxyz0123456789",
        "https://a.test/s/AAAAABBBBBCCCCCQk2Qk3H4sIUEsDBRiffRIFF/" + "aB3_-9xYz" * 150,
        "https://a.test/?q=%00%01%02&r=%ff%fe",
        "4A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNaQ1 bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "0x52908400098527886E0F7030069857D2E4169EE7 1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "metadata: none; data: see below",
        "-" * 3000 + "\n" + "=" * 3000 + "\nA1b2/",
    ],
)
def test_what_only_resembles_a_file_passes(text: str) -> None:
    assert code_for(text) is None


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=200))
def test_lists_of_md5_pass(digests: list[bytes]) -> None:
    assert code_for("\n".join(digest.hex() for digest in digests)) is None


def test_long_lists_of_hashes_and_addresses_pass() -> None:
    digests = [zlib.crc32(bytes([number])).to_bytes(4) * 8 for number in range(256)]
    assert code_for("\n".join(digest.hex() for digest in digests)) is None
    assert code_for("\n".join(base64.b64encode(digest).decode() for digest in digests[:40])) is None
    assert code_for("\n".join(f"https://a.test/{digest.hex()}.html" for digest in digests)) is None


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=300))
def test_text_without_control_characters_is_never_bytes(text: str) -> None:
    assert code_for(text.replace("\ufffd", "")) is not FileContent.BINARY_BYTES


@given(st.text(st.characters(codec=None)))
def test_nothing_but_a_refusal_is_raised(text: str) -> None:
    code_for(text)


def test_a_very_long_hostile_text_is_read_in_linear_time() -> None:
    for text in ("Qk0" * 60_000, "A" * 200_000, "data:a/b" + ";x" * 90_000, "data:" * 40_000):
        assert code_for(text) is None
