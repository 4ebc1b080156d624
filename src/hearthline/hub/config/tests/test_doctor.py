# SPDX-License-Identifier: Apache-2.0
"""The doctor: what is well says so, what is not says what to do."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hearthline.hub.accounts.models import User
from hearthline.hub.audit.actions import extend_log, record
from hearthline.hub.audit.models import Actor
from hearthline.hub.blocklists.actions import approve
from hearthline.hub.blocklists.keys import public_text
from hearthline.hub.blocklists.tests.make import make_ordered
from hearthline.hub.config import examination
from hearthline.hub.config.commands import doctor
from hearthline.hub.config.examination import Finding, examine
from hearthline.hub.mail.tests.make import make_letter
from hearthline.kit import sealing

pytestmark = pytest.mark.django_db


def about(part: str, at: datetime) -> list[Finding]:
    return [finding for finding in examine(at=at, mail=False) if finding.about == part]


def test_keys_that_belong_together_are_well(now) -> None:
    (finding,) = about("keys", now)
    assert finding.state == "well"


@pytest.mark.parametrize("name", ["PEPPER", "VISIT_SECRET", "DESK_PUBLIC_KEY"])
@pytest.mark.parametrize("value", ["", "nonsense"])
def test_a_key_that_cannot_be_read_is_named_and_never_shown(
    name: str, value: str, settings, now
) -> None:
    setattr(settings, name, value)
    finding = about("keys", now)[0]
    assert finding.state == "broken"
    assert f"HEARTHLINE_{name}" in finding.sentence
    assert "nonsense" not in finding.sentence


def test_halves_of_two_pairs_are_found(settings, now) -> None:
    other = sealing.DeskKeyPair.generate().public
    settings.DESK_PUBLIC_KEY = sealing.desk_public_to_text(other)
    (finding,) = about("keys", now)
    assert "HEARTHLINE_DESK_PRIVATE_KEY" in finding.sentence
    assert "does not belong" in finding.sentence


def test_work_that_waits_points_to_the_worker(now) -> None:
    make_letter(at=now - timedelta(hours=1))
    sentences = [finding.sentence for finding in about("worker", now)]
    assert any("mail.letter" in s and "hearthline worker" in s for s in sentences)


def test_a_log_without_a_checkpoint_points_to_the_worker(ana: User, now) -> None:
    record(at=now, actor=Actor.worker(), verb="x.y", about=ana)
    assert "checkpoint" in about("worker", now)[0].sentence
    extend_log(at=now)
    assert about("worker", now)[0].state == "well"


def test_a_clock_behind_the_last_signature_is_broken(ana: User, now) -> None:
    record(at=now, actor=Actor.worker(), verb="x.y", about=ana)
    extend_log(at=now)
    assert about("clock", now)[0].state == "well"
    finding = about("clock", now - timedelta(hours=1))[0]
    assert finding.state == "broken"
    assert "set back" in finding.sentence


def test_a_list_without_its_own_key_is_found(settings, now) -> None:
    settings.BLOCKLIST_PUBLIC_KEY = public_text(Ed25519PrivateKey.generate().public_key())
    assert "HEARTHLINE_BLOCKLIST_PRIVATE_KEY" in about("keys", now)[0].sentence
    settings.BLOCKLIST_PRIVATE_KEY = ""
    assert "reaches no network" in about("keys", now)[0].sentence
    bases = [
        basis.model_copy(update={"allows_blocking": False}) for basis in settings.PACK.legal_bases
    ]
    settings.PACK = settings.PACK.model_copy(update={"legal_bases": bases})
    assert about("keys", now)[0].state == "well"


def test_a_block_that_no_version_holds_is_found(now, ana, sena) -> None:
    approve(entry=make_ordered("quay.test", by=ana, at=now), by=sena, at=now)
    assert "block list" not in str(about("worker", now + timedelta(minutes=15)))
    assert "block list" in str(about("worker", now + timedelta(minutes=16)))


def test_little_room_is_found(monkeypatch: pytest.MonkeyPatch, now) -> None:
    monkeypatch.setattr(examination, "LITTLE_DISK", 2**70)
    assert about("disk", now)[0].state == "soon"
    monkeypatch.setattr(examination, "LEAST_DISK", 2**70)
    assert about("disk", now)[0].state == "broken"


def test_a_home_that_is_not_there_is_found(settings, tmp_path: Path, now) -> None:
    settings.HOME = tmp_path / "nowhere"
    assert "hearthline setup" in about("disk", now)[0].sentence


def test_facts_nobody_confirmed_or_not_for_a_year_are_named(now) -> None:
    sentences = " ".join(finding.sentence for finding in about("pack", now))
    assert "children_act_12" in sentences
    later = " ".join(f.sentence for f in about("pack", now + timedelta(days=800)))
    assert "Harbour Hosting" in later


def test_no_page_files_is_said_with_what_to_run(settings, tmp_path, now) -> None:
    settings.STATIC_ROOT = tmp_path
    finding = about("database", now)[0]
    assert finding.state == "broken"
    assert "hearthline setup" in finding.sentence


def test_a_mail_server_that_is_away_is_found(settings, now) -> None:
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", 1
    finding = next(f for f in examine(at=now) if f.about == "mail")
    assert finding.state == "broken"
    assert "HEARTHLINE_SMTP_HOST" in finding.sentence


def test_the_command_ends_with_the_worst_and_speaks_to_machines_too(
    capsys: pytest.CaptureFixture[str], settings
) -> None:
    settings.PEPPER = ""
    assert doctor.main(["--no-mail", "--json"]) == 2
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"about": "keys", "state": "broken"}.items() <= lines[0].items()
