# SPDX-License-Identifier: Apache-2.0
"""Tests run as one process that holds every key, made anew for each run.

On SQLite, or on a PostgreSQL of their own with HEARTHLINE_TEST_DATABASE=postgresql. A pytest
plugin and not a conftest, because settings are read before any conftest is.
"""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings

from hearthline.hub.config.tests.postgres import Cluster
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
    "HEARTHLINE_BLOCKLIST_PRIVATE_KEY": sealing.new_secret_text(),
    "HEARTHLINE_DESK_PUBLIC_KEY": sealing.desk_public_to_text(_pair.public),
    "HEARTHLINE_DESK_PRIVATE_KEY": sealing.desk_private_to_text(_pair.private),
}.items():
    os.environ.setdefault(name, value)

# No test is timed: other work may run beside it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_cluster = None
if os.environ.get("HEARTHLINE_TEST_DATABASE") == "postgresql":
    _cluster = Cluster.in_a_temporary_folder(durable=False)
    os.environ["DATABASE_URL"] = _cluster.url


def pytest_unconfigure() -> None:
    """Leave nothing of the run behind."""
    shutil.rmtree(_home, ignore_errors=True)
    if _cluster:
        _cluster.stop()
