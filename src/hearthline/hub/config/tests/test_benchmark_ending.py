# SPDX-License-Identifier: Apache-2.0
"""A measurement that is ended from outside leaves no server behind."""

import signal
import subprocess
import sys

MEASUREMENT = """
import subprocess, sys, time
from benchmarks.ending import end_cleanly
end_cleanly()
server = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("started", flush=True)
try:
    time.sleep(60)
finally:
    server.kill()
    print("ended", server.wait(), flush=True)
"""


def test_it_ends_its_servers_when_it_is_told_to_stop() -> None:
    with subprocess.Popen(  # noqa: S603  # our own fixed words
        [sys.executable, "-c", MEASUREMENT], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        process.terminate()
        said, _nothing = process.communicate(timeout=20)
    assert said == f"ended {-signal.SIGKILL}\n"
    assert process.returncode == 128 + signal.SIGTERM
