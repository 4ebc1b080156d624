# SPDX-License-Identifier: Apache-2.0
"""hearthline doctor: look at keys, clock, mail, disk, database, pack and worker.

Every finding says what to do. Ends with 0 when all is well, 1 when something should be looked
at soon, 2 when something is broken.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from django.utils import timezone

from hearthline.hub.config.examination import WORST, Finding, examine

_MARKS = {"well": "ok  ", "soon": "SOON", "broken": "BAD "}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="hearthline doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--no-mail", action="store_true", help="do not knock at the mail server")
    chosen = parser.parse_args(arguments)
    findings = examine(at=timezone.now(), mail=not chosen.no_mail)
    for finding in findings:
        sys.stdout.write(_line(finding, as_json=chosen.json) + "\n")
    return max(WORST.index(finding.state) for finding in findings)


def _line(finding: Finding, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(vars(finding), ensure_ascii=False)
    return f"{_MARKS[finding.state]} {finding.about:9} {finding.sentence}"
