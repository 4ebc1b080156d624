# SPDX-License-Identifier: Apache-2.0
"""The hub's settings with nothing between the server and one view."""

from hearthline.hub.config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare_site"
MIDDLEWARE = []
