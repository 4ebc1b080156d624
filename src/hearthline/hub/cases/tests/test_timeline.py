# SPDX-License-Identifier: Apache-2.0
"""What happened to a case is told in words a person reads, never in codes of the audit log."""

import re
from pathlib import Path

from hearthline.hub.cases import actions
from hearthline.hub.cases.desk.timeline import ACTS

# Reading is listed apart; who stepped back is nobody's to know.
UNTOLD = {"cases.read", "cases.step_back"}
RECORDED = re.compile(r'verb="(cases\.\w+)",\s*about=case\b')


def test_every_act_on_a_case_has_words() -> None:
    folder = Path(actions.__file__).parent
    recorded = {verb for file in folder.glob("*.py") for verb in RECORDED.findall(file.read_text())}
    assert len(recorded) > 20
    assert recorded - UNTOLD - set(ACTS) == set()
