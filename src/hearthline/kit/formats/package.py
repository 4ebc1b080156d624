# SPDX-License-Identifier: Apache-2.0
"""The package handed to police: what is known, for a machine and for a reader, sealed.

A package is a ZIP of three files, the same bytes for the same content: `package.json`, canonical
JSON (RFC 8785) and the record; `package.html`, the same to read, self-contained, nothing in it
loads or links anywhere; `MANIFEST.sha256`, the digests of both in the form `sha256sum -c` reads.
It is sealed with age (age-encryption.org/v1, X25519) to the keys of those who may open it.

It holds text only, no content and no pictures. Addresses stand whole in the record, for police
to act on, and broken (`hxxps://example[.]org`) in the page, so that nobody opens one by accident.
"""

import hashlib
import html
import io
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from pydantic import TypeAdapter, ValidationError
from pyrage import DecryptError, IdentityError, RecipientError, decrypt, encrypt
from pyrage.x25519 import Identity, Recipient

from hearthline.kit.formats.canonical import canonical_json, read_json
from hearthline.kit.formats.refused import FormatRefused
from hearthline.kit.urls import defang

FORMAT = "hearthline-police-package"
VERSION = 1
LARGEST_FILE = 5_000_000

_JSON, _HTML, _MANIFEST = "package.json", "package.html", "MANIFEST.sha256"
# ZIP knows no earlier moment; a fixed one keeps the bytes the same.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)

RowKind = Literal["text", "address", "hash", "time"]
Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Row:
    """One statement. `code` is for machines and stays; `label` is in the reader's language."""

    code: str
    label: str
    value: str
    kind: RowKind = "text"


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading, in the order they shall be read."""

    code: str
    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """An unsealed package. Make one with `build`."""

    reference: str
    prepared_at: datetime
    sender: str
    recipient: str
    title: str
    language: str
    direction: Direction
    sections: tuple[Section, ...]

    def record(self) -> dict[str, Any]:
        """The content as plain values, as it stands in `package.json`."""
        return {
            "format": FORMAT,
            "version": VERSION,
            **asdict(self),
            "prepared_at": self.prepared_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }

    def page(self) -> str:
        """The content to read, one HTML page that needs nothing else and leads nowhere."""
        tables = "\n".join(_table(section) for section in self.sections)
        language, direction = html.escape(self.language), html.escape(self.direction)
        return (
            f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n'
            '<meta charset="utf-8">\n'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">\n'
            '<meta name="referrer" content="no-referrer">\n'
            f"<title>{html.escape(self.title)}</title>\n</head>\n<body>\n"
            f"<h1>{html.escape(self.title)}</h1>\n"
            f"<p>{html.escape(self.sender)} → {html.escape(self.recipient)}</p>\n"
            f"<p><bdi>{html.escape(self.reference)}</bdi> · "
            f"<time>{self.record()['prepared_at']}</time></p>\n"
            f"{tables}\n</body>\n</html>\n"
        )

    def to_bytes(self) -> bytes:
        """The ZIP, the same bytes for the same content."""
        files = {
            _JSON: canonical_json(self.record()),
            _HTML: self.page().encode("utf-8"),
        }
        files[_MANIFEST] = _manifest(files)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content)
        return out.getvalue()


def build(
    *,
    reference: str,
    prepared_at: datetime,
    sender: str,
    recipient: str,
    title: str,
    language: str,
    direction: Direction,
    sections: Sequence[Section],
) -> Package:
    """A package out of plain values; headings and labels come translated.

    `prepared_at` has a zone and is kept in UTC, to the second. Raises FormatRefused naming the
    field: for an empty or repeated code, a `data:` value (no content in place of an address), a
    time without a zone, or text that cannot be written.
    """
    if prepared_at.utcoffset() is None:
        raise FormatRefused("prepared_at", "a time without a time zone; say which")
    if direction not in get_args(Direction):
        raise FormatRefused("direction", "ltr or rtl")
    for name, text in (("reference", reference), ("title", title), ("language", language)):
        if not text.strip():
            raise FormatRefused(name, "must not be empty")
    _check_codes("sections", [section.code for section in sections])
    for section in sections:
        _check_codes(section.code, [row.code for row in section.rows])
        for row in section.rows:
            if row.kind not in get_args(RowKind):
                raise FormatRefused(f"{section.code}.{row.code}", f"no kind {row.kind!r}")
            if row.value.lstrip().lower().startswith("data:"):
                raise FormatRefused(f"{section.code}.{row.code}", "no content, only its address")
    package = Package(
        reference,
        prepared_at.astimezone(UTC).replace(microsecond=0),
        sender,
        recipient,
        title,
        language,
        direction,
        tuple(sections),
    )
    canonical_json(package.record())
    return package


def new_key_pair() -> tuple[str, str]:
    """A fresh age key pair: the secret key (`AGE-SECRET-KEY-1…`) and its public key (`age1…`)."""
    identity = Identity.generate()
    return str(identity), str(identity.to_public())


def seal(package: bytes, recipients: Sequence[str]) -> bytes:
    """The bytes encrypted to every recipient, each an age public key (`age1…`).

    Sealing twice gives different bytes. Raises FormatRefused for no recipient or a faulty key.
    """
    keys = dict.fromkeys(recipients)
    if not keys:
        raise FormatRefused("recipients", "at least one key is needed")
    try:
        sealed: bytes = encrypt(package, [Recipient.from_str(key) for key in keys])
    except RecipientError as fault:
        raise FormatRefused("recipients", "not an age public key (age1…)") from fault
    return sealed


def open_package(sealed: bytes, identity: str) -> Package:
    """The package inside, with its digests checked.

    `identity` is an age secret key (`AGE-SECRET-KEY-1…`); it appears in no message. Raises
    FormatRefused when the key does not fit, or when anything was altered.
    """
    try:
        return read(decrypt(sealed, [Identity.from_str(identity)]))
    except IdentityError:
        # Without the cause: its text may repeat the key.
        raise FormatRefused("identity", "not an age secret key") from None
    except DecryptError as fault:
        raise FormatRefused("sealed", "this key does not open it, or it was altered") from fault


def read(package: bytes, *, form: str = FORMAT) -> Package:
    """An unsealed package out of its bytes, with its digests checked. Raises FormatRefused.

    `form` is the name its record bears.
    """
    files = _unzip(package)
    content = {_JSON: files[_JSON], _HTML: files[_HTML]}
    if files[_MANIFEST] != _manifest(content):
        raise FormatRefused(_MANIFEST, "the files are not those the digests were made of")
    record = read_json(files[_JSON])
    if not isinstance(record, dict):
        raise FormatRefused(_JSON, "not a package")
    if record.pop("format", None) != form or record.pop("version", None) != VERSION:
        raise FormatRefused(_JSON, f"not {form} version {VERSION}")
    try:
        found = _PACKAGE.validate_python(record)
    except ValidationError as fault:
        problem = fault.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"]) or _JSON
        raise FormatRefused(place, problem["msg"]) from None
    return build(**{name: getattr(found, name) for name in Package.__slots__})


_PACKAGE = TypeAdapter(Package)


def _unzip(package: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            entries = archive.infolist()
            if [entry.filename for entry in entries] != [_JSON, _HTML, _MANIFEST]:
                raise FormatRefused("$", "not the three files of a package")
            if any(
                entry.compress_type != zipfile.ZIP_STORED or entry.file_size > LARGEST_FILE
                for entry in entries
            ):
                raise FormatRefused("$", f"a file is compressed, or over {LARGEST_FILE} bytes")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as fault:
        raise FormatRefused("$", "not a readable ZIP") from fault


def _manifest(files: dict[str, bytes]) -> bytes:
    return b"".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()
        for name, content in files.items()
    )


def _check_codes(place: str, codes: list[str]) -> None:
    if not all(code.strip() for code in codes):
        raise FormatRefused(place, "a code is empty")
    if len(set(codes)) != len(codes):
        raise FormatRefused(place, "a code stands twice")


def _table(section: Section) -> str:
    rows = "\n".join(
        f'<tr><th scope="row">{html.escape(row.label)}</th><td>{_shown(row)}</td></tr>'
        for row in section.rows
    )
    heading = html.escape(section.heading)
    return f"<h2>{heading}</h2>\n<table>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _shown(row: Row) -> str:
    if row.kind == "text":
        return html.escape(row.value).replace("\n", "<br>")
    text = defang(row.value) if row.kind == "address" else row.value
    # Latin and digits keep their own direction inside Arabic text.
    return f'<code dir="ltr">{html.escape(text)}</code>'
