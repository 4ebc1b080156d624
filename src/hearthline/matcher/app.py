# SPDX-License-Identifier: Apache-2.0
"""The application the server imports: `hearthline.matcher.app:application`.

Its folder comes from the environment, which `hearthline matcher serve` sets.
"""

import logging
import os
from pathlib import Path

from hearthline.matcher.door import Door
from hearthline.matcher.environment import FOLDER, WITHOUT_KEYS
from hearthline.matcher.routes import ROUTES
from hearthline.matcher.service import Service

__all__ = ["FOLDER", "WITHOUT_KEYS", "application"]

# Its finer messages quote what is inside pictures.
logging.getLogger("PIL").setLevel(logging.WARNING)


def _open() -> Service:
    without_keys = os.environ.get(WITHOUT_KEYS) == "yes"
    return Service.open(Path(os.environ[FOLDER]), without_keys=without_keys)


application = Door(ROUTES, _open)
