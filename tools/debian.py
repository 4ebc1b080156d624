# SPDX-License-Identifier: Apache-2.0
"""Install Debian's packages where we may: as root, on a system that has apt."""

import os
import shutil
import subprocess


def install(*packages: str) -> None:
    """Try to install `packages`; whether they came is for the caller to see."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=900"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([*apt, *step], env=environment, check=False, stdout=subprocess.DEVNULL)
