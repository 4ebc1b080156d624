# SPDX-License-Identifier: Apache-2.0
"""Draw docs/pictures/engine.svg from docs/pictures/engine.toml, the figures of a measured run.

python tools/engine_picture.py
"""

import math
import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
WIDTH, LABELS, ROW, TOP = 820, 360, 34, 64
INK, QUIET, OURS, GRID = "#1d2b36", "#5b6b78", "#0b6e6e", "#d5dde2"


def main() -> None:
    told = tomllib.loads((FOLDER / "engine.toml").read_text(encoding="utf-8"))
    (FOLDER / "engine.svg").write_text(drawn(told), encoding="utf-8")


def drawn(told: dict[str, object]) -> str:
    """Bars of the ratios, on a scale where each step is ten times the one before."""
    bars: list[dict[str, object]] = told["bar"]  # type: ignore[assignment]
    most = max(float(str(bar["times"])) for bar in bars)
    decades = math.ceil(math.log10(most))
    room = WIDTH - LABELS - 70
    height = TOP + ROW * len(bars) + 34
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            f'font-family="system-ui, sans-serif" font-size="14">'
            f"<title>{escape(str(told['title']))}</title>"
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
        ),
        (
            f'<text x="16" y="28" font-size="17" font-weight="600" fill="{INK}">'
            f"{escape(str(told['title']))}</text>"
        ),
        f'<text x="16" y="48" font-size="12" fill="{QUIET}">{escape(str(told["where"]))}</text>',
    ]
    bottom = TOP + ROW * len(bars)
    for decade in range(decades + 1):
        x = LABELS + room * decade / decades
        parts.append(
            f'<line x1="{x:.0f}" y1="{TOP}" x2="{x:.0f}" y2="{bottom}" stroke="{GRID}"/>'
            f'<text x="{x:.0f}" y="{bottom + 18}" font-size="12" text-anchor="middle" '
            f'fill="{QUIET}">{10**decade}×</text>'
        )
    for number, bar in enumerate(bars):
        y = TOP + ROW * number
        times = float(str(bar["times"]))
        long = max(2.0, room * math.log10(times) / decades)
        parts.append(
            f'<text x="{LABELS - 10}" y="{y + 21}" text-anchor="end" fill="{INK}">'
            f"{escape(str(bar['what']))}</text>"
            f'<rect x="{LABELS}" y="{y + 7}" width="{long:.0f}" height="20" rx="3" fill="{OURS}"/>'
            f'<text x="{LABELS + long + 8:.0f}" y="{y + 21}" font-weight="600" fill="{INK}">'
            f"{times:g}×</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    main()
