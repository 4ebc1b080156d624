# SPDX-License-Identifier: Apache-2.0
"""The units an operator installs: systemd reads them, and each program gets its own keys alone."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))

# What speaks with strangers gets no key of the site, nor what all its programs know.
APART = {
    "hearthline-blocklist.service": ["blocklist.env"],
    "hearthline-exchanges.service": ["keys-exchanges.env"],
    "hearthline-matcher.service": [],
}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace(
            "/opt/hearthline/bin/hearthline", "/bin/true"
        )
        # A template is verified as one of its instances.
        (tmp_path / unit.name.replace("@.", "@public.")).write_text(text, encoding="utf-8")
    done = subprocess.run(  # our own files
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_program_may_write_to_its_own_folders_only_and_gains_no_rights(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for line in ("ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n"):
        assert line in text
    assert re.findall(r"^User=(.*)$", text, re.M) != ["root"]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_keys_come_from_the_programs_own_file(unit: Path) -> None:
    files = re.findall(r"^EnvironmentFile=/etc/hearthline/(.*)$", unit.read_text("utf-8"), re.M)
    program = "%i" if "@" in unit.name else "worker"
    assert files == APART.get(unit.name, ["common.env", f"keys-{program}.env"])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_server_may_ask_for_memory_near_its_processor(unit: Path) -> None:
    """Its allocator calls mbind, which is of @resources: refused is well, killed is not."""
    text = unit.read_text(encoding="utf-8")
    if " serve " in text and "~@privileged @resources" in text:
        assert "SystemCallErrorNumber=EPERM\n" in text
