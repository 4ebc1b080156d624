# SPDX-License-Identifier: Apache-2.0
"""Where the sheets and templates of the whole hub lie, for the tests that read them all."""

from pathlib import Path

HUB = Path(__file__).resolve().parents[2]
TOKENS = HUB / "ui" / "static" / "ui" / "tokens.css"


def sheets() -> list[Path]:
    return sorted(HUB.glob("*/static/**/*.css"))


def templates() -> list[Path]:
    return sorted(HUB.glob("*/templates/**/*.html"))


def name(path: Path) -> str:
    return str(path.relative_to(HUB))
