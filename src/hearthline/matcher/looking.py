# SPDX-License-Identifier: Apache-2.0
"""What every kind of look-up shares: counting, and telling who wants to be told."""

import re
from collections.abc import Sequence

from hearthline.kit.matching.banks import Answer, HashKind
from hearthline.matcher import metrics
from hearthline.matcher.announcing import Found
from hearthline.matcher.recognition import now
from hearthline.matcher.web import Call, Refusal

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")


async def told(
    call: Call, answers: Sequence[tuple[HashKind, Sequence[Answer]]], reference: str = ""
) -> str:
    """Counts what was found and announces it; the id of the announcement, or empty.

    It is on the disk when this returns, so whoever got an answer knows that it will be told.
    """
    found = []
    for kind, some in answers:
        metrics.LOOKED_UP.labels(kind).inc(len(some))
        for place, answer in enumerate(some):
            if answer.suppressed:
                metrics.SUPPRESSED.labels(kind).inc()
            if answer.matches:
                for bank in {match.bank for match in answer.matches}:
                    metrics.MATCHED.labels(kind, bank).inc()
                found += [Found(place, match) for match in answer.matches]
    announcing = call.service.announcing
    if not found or not announcing.wanted():
        return ""
    return await call.service.recognition.aside(
        lambda: announcing.keep(found, reference=reference, at=now())
    )


def reference_of(text: str) -> str:
    """The caller's own name for what is looked up, which webhooks lead back to. Raises Refusal.

    Letters, digits and `._:-` only, so that no address is kept by it.
    """
    if text and _REFERENCE.fullmatch(text) is None:
        raise Refusal(400, "reference_refused", "reference: letters, digits and ._:- up to 128")
    return text
