# SPDX-License-Identifier: Apache-2.0
"""Ways to run the work of a scan on many cores or machines; all give the same rows.

`pool`: processes of this machine, nothing else needed. `on_daft`: Daft, on this machine or on a Ray
cluster. Both Daft and Ray send statistics about their use to their makers: that is turned off here,
before either can be imported.
"""

import os

SILENCE = {
    "DO_NOT_TRACK": "1",
    "DAFT_ANALYTICS_ENABLED": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
}

os.environ |= SILENCE
