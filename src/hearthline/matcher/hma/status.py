# SPDX-License-Identifier: Apache-2.0
"""`/status` and its kin: whether the service is there, and what it answers to."""

import re

from hearthline.matcher.web import Answer, Call, Refusal


async def status(call: Call) -> Answer:
    """GET: ready to be asked. Not ready calls do not come this far."""
    try:
        call.service.recognition.warm()
    except Refusal:
        return Answer.text("INDEX-NOT-LOADED", 503)
    if call.service.library.faults():
        return Answer.text("INDEX-NOT-LOADED", 503)
    return Answer.text("I-AM-ALIVE")


async def ready(call: Call) -> Answer:
    """GET: the same in the words of an orchestrator."""
    answer = await status(call)
    return answer if answer.status != 200 else Answer.text("READY")


async def live(call: Call) -> Answer:
    """GET: the process answers."""
    return Answer.text("OK")


def in_site_map(path: str) -> str:
    """A path as the site map writes it."""
    return re.sub(r"\{(\w+)\}", r"<\1>", path)
