# SPDX-License-Identifier: Apache-2.0
"""Tests run as one process that holds every key, made anew for each run.

A pytest plugin and not a conftest, because settings are read before any conftest is.
"""

import os
import tempfile
from pathlib import Path

from hearthline.kit import sealing

_home = Path(tempfile.mkdtemp(prefix="hearthline-tests-"))
(_home / "static").mkdir()
_pair = sealing.DeskKeyPair.generate()
for name, value in {
    "HEARTHLINE_HOME": str(_home),
    "HEARTHLINE_DOOR": "all",
    "HEARTHLINE_COUNTRY": "solmere",
    "HEARTHLINE_SECRET_KEY": sealing.new_secret_text(),
    "HEARTHLINE_PEPPER": sealing.new_secret_text(),
    "HEARTHLINE_VISIT_SECRET": sealing.new_secret_text(),
    "HEARTHLINE_AUDIT_PRIVATE_KEY": sealing.new_secret_text(),
    "HEARTHLINE_DESK_PUBLIC_KEY": sealing.desk_public_to_text(_pair.public),
    "HEARTHLINE_DESK_PRIVATE_KEY": sealing.desk_private_to_text(_pair.private),
}.items():
    os.environ.setdefault(name, value)
