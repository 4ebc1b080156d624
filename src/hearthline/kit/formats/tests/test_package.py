# SPDX-License-Identifier: Apache-2.0
"""The police package: built, sealed, opened, and refused when anything is wrong."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrage.x25519 import Identity

from hearthline.kit.formats import FormatRefused
from hearthline.kit.formats.package import (
    Package,
    Row,
    RowKind,
    Section,
    build,
    open_package,
    read,
    seal,
)

ADDRESS = "https://pictures.example.org/page?id=1"
KNOWN = Section(
    "content",
    "What was found",
    (
        Row("url", "Address", ADDRESS, "address"),
        Row("sha256", "Hash", "ab" * 32, "hash"),
        Row("seen_at", "Seen", "2026-11-02T09:30:00Z", "time"),
        Row("words", "In the reporter's words", "First line\n<second & last>"),
    ),
)


def make(**changes: Any) -> Package:
    values: dict[str, Any] = {
        "reference": "2026-000007",
        "prepared_at": datetime(2026, 11, 2, 10, 0, tzinfo=UTC),
        "sender": "Hearth Hotline",
        "recipient": "Cyber Unit",
        "title": "Referral 2026-000007",
        "language": "en",
        "direction": "ltr",
        "sections": [KNOWN],
    }
    return build(**{**values, **changes})


def files_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezip(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


class Tags(HTMLParser):
    """Collects what a page could load or lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read_page(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def test_a_package_has_a_record_a_page_and_digests() -> None:
    files = files_of(make().to_bytes())
    assert list(files) == ["package.json", "package.html", "MANIFEST.sha256"]
    record = json.loads(files["package.json"])
    assert record["format"] == "hearthline-police-package"
    assert record["sections"][0]["rows"][0] == {
        "code": "url", "label": "Address", "value": ADDRESS, "kind": "address",
    }  # fmt: skip


def test_the_same_content_gives_the_same_bytes() -> None:
    assert make().to_bytes() == make().to_bytes()
    there = timezone(timedelta(hours=3))
    assert make(prepared_at=datetime(2026, 11, 2, 13, 0, tzinfo=there)) == make()


def test_the_page_shows_addresses_broken_and_leads_nowhere() -> None:
    page = make().page()
    assert "hxxps://pictures[.]example[.]org/page?id=1" in page
    assert ADDRESS not in page
    tags = read_page(page)
    assert not tags.names & {"a", "img", "script", "link", "iframe", "style", "form", "object"}
    assert not tags.attributes & {"href", "src", "style", "srcset", "action", "background"}


def test_the_page_escapes_what_people_wrote() -> None:
    assert "First line<br>&lt;second &amp; last&gt;" in make().page()


def test_the_page_states_its_language_and_direction() -> None:
    page = make(language="ar", direction="rtl", title="إحالة").page()
    assert '<html lang="ar" dir="rtl">' in page
    assert '<code dir="ltr">' in page


def test_a_sealed_package_opens_with_every_recipients_key() -> None:
    keys = [Identity.generate(), Identity.generate()]
    sealed = seal(make().to_bytes(), [str(key.to_public()) for key in keys])
    assert sealed.startswith(b"age-encryption.org/v1")
    assert b"pictures" not in sealed
    for key in keys:
        assert open_package(sealed, str(key)) == make()


def test_nobody_elses_key_opens_it() -> None:
    sealed = seal(make().to_bytes(), [str(Identity.generate().to_public())])
    with pytest.raises(FormatRefused, match="does not open it"):
        open_package(sealed, str(Identity.generate()))


def test_an_altered_seal_is_refused() -> None:
    key = Identity.generate()
    sealed = bytearray(seal(make().to_bytes(), [str(key.to_public())]))
    sealed[-1] ^= 1
    with pytest.raises(FormatRefused, match="altered"):
        open_package(bytes(sealed), str(key))


@pytest.mark.parametrize("keys", [[], ["age1nonsense"], ["ssh-ed25519 AAAA"], [""]])
def test_a_faulty_recipient_is_refused(keys: list[str]) -> None:
    with pytest.raises(FormatRefused, match="recipients"):
        seal(b"x", keys)


def test_one_faulty_recipient_spoils_the_seal() -> None:
    with pytest.raises(FormatRefused, match="recipients"):
        seal(b"x", [str(Identity.generate().to_public()), "age1nonsense"])


def test_a_faulty_identity_is_refused_and_not_repeated() -> None:
    sealed = seal(make().to_bytes(), [str(Identity.generate().to_public())])
    with pytest.raises(FormatRefused, match="identity") as refusal:
        open_package(sealed, "AGE-SECRET-KEY-1SECRET")
    assert "SECRET-KEY-1SECRET" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("name", ["package.json", "package.html", "MANIFEST.sha256"])
def test_an_altered_file_is_refused(name: str) -> None:
    files = files_of(make().to_bytes())
    files[name] = files[name].replace(b"0", b"1", 1)
    with pytest.raises(FormatRefused, match="digests"):
        read(rezip(files))


@pytest.mark.parametrize(
    "package",
    [
        b"",
        b"no zip",
        rezip({}),
        rezip({**files_of(make().to_bytes()), "picture.png": b"x"}),
        rezip(files_of(make().to_bytes()), zipfile.ZIP_DEFLATED),
        make().to_bytes()[:200],
    ],
    ids=["empty", "no zip", "no files", "one more", "compressed", "cut off"],
)
def test_what_is_no_package_is_refused(package: bytes) -> None:
    with pytest.raises(FormatRefused):
        read(package)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"prepared_at": datetime(2026, 1, 1)}, "prepared_at"),  # noqa: DTZ001
        ({"direction": "up"}, "direction"),
        ({"reference": " "}, "reference"),
        ({"title": ""}, "title"),
        ({"sections": [KNOWN, KNOWN]}, "sections"),
        ({"sections": [Section("", "x", ())]}, "sections"),
        ({"sections": [Section("a", "A", (Row("b", "B", "1"), Row("b", "B", "2")))]}, "a"),
        ({"sections": [Section("a", "A", (Row("b", "B", " DATA:image/png;base64,A"),))]}, "a.b"),
        ({"sender": "\ud800"}, "$.sender"),
    ],
)
def test_a_faulty_value_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FormatRefused) as refusal:
        make(**changes)
    assert refusal.value.field == field


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
KINDS: st.SearchStrategy[RowKind] = st.sampled_from(["text", "address", "hash", "time"])


@given(st.lists(st.tuples(TEXT, TEXT, KINDS), max_size=5), TEXT)
def test_every_text_survives_and_none_becomes_markup(
    rows: list[tuple[str, str, RowKind]], heading: str
) -> None:
    section = Section(
        "s", heading, tuple(Row(f"r{n}", label, value, kind) for n, (label, value, kind)
                            in enumerate(rows))
    )  # fmt: skip
    if any(row.value.lstrip().lower().startswith("data:") for row in section.rows):
        return
    package = make(sections=[section])
    assert read(package.to_bytes()) == package
    assert read_page(package.page()).names <= {
        "html", "head", "meta", "title", "body", "h1", "h2", "p", "bdi", "time", "table", "tbody",
        "tr", "th", "td", "br", "code",
    }  # fmt: skip
