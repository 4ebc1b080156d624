# SPDX-License-Identifier: Apache-2.0
"""What a backup asks for first. The whole way, there and back, is in tests/retention."""

import json

import pyrage
import pytest

from hearthline.hub.config.backup.folder import (
    FORM,
    BackupRefused,
    Manifest,
    identities,
    manifest_of,
    recipients,
)
from hearthline.hub.config.commands import backup


@pytest.fixture
def folder(tmp_path):
    """Two whole backups by their manifests."""
    for day in ("1", "2"):
        Manifest(
            taken_at=day, engine="sqlite", data_file=f"data-{day}.age", data_sha256="", counts={},
            keys=0, living_keys=0, audit_entries=0, audit_leaves=0, checkpoint="",
        ).write(tmp_path)  # fmt: skip
    return tmp_path


def test_a_backup_for_nobody_or_for_no_key_is_refused(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.delenv("HEARTHLINE_BACKUP_RECIPIENTS", raising=False)
    assert backup.main(["--to", str(tmp_path / "x")]) == 1
    assert "HEARTHLINE_BACKUP_RECIPIENTS" in capsys.readouterr().err
    assert backup.main(["--to", str(tmp_path / "x"), "--recipient", "age1nobody"]) == 1
    assert "not an age public key" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


@pytest.mark.django_db
def test_no_backup_is_made_in_the_middle_of_a_write(tmp_path, capsys) -> None:
    """It would wait for itself. The command runs outside any transaction."""
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    assert backup.main(["--to", str(tmp_path / "x"), "--recipient", recipient]) == 1
    assert "transaction" in capsys.readouterr().err


def test_the_newest_whole_backup_is_taken_or_the_one_that_is_named(folder) -> None:
    (folder / "data-3.age").write_bytes(b"its backup was killed before the manifest")
    assert manifest_of(folder).taken_at == "2"
    assert manifest_of(folder, "data-1.age").taken_at == "1"


def test_a_folder_without_a_whole_backup_is_refused(tmp_path, folder) -> None:
    with pytest.raises(BackupRefused, match=r"no backup data-9\.age"):
        manifest_of(folder, "data-9.age")
    for text in ("{}", "[]", "not json", json.dumps({"form": f"{FORM}x"})):
        (folder / "data-2.json").write_text(text)
        with pytest.raises(BackupRefused, match=r"data-2\.json"):
            manifest_of(folder)
    with pytest.raises(BackupRefused, match="holds no backup"):
        manifest_of(tmp_path / "empty")


def test_an_identity_file_as_age_keygen_writes_it_is_read(tmp_path) -> None:
    made = pyrage.x25519.Identity.generate()
    (tmp_path / "identity").write_text(f"# created: today\n# public key: age1…\n{made}\n")
    assert [str(each) for each in identities(tmp_path / "identity")] == [str(made)]


def test_an_identity_file_without_an_identity_is_refused(tmp_path) -> None:
    for text in ("# only a comment\n", "not a key\n"):
        (tmp_path / "none").write_text(text)
        with pytest.raises(BackupRefused, match="no age identity"):
            identities(tmp_path / "none")
    with pytest.raises(BackupRefused):
        recipients([])
