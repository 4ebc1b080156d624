# SPDX-License-Identifier: Apache-2.0
"""How urgent a report is, from what was stated. It judges a situation and scores no child."""

from collections.abc import Collection
from typing import NamedTuple

from hearthline.kit.codelists.entries import Level
from hearthline.kit.codelists.reading import find, incident_types, stated_facts


class Urgency(NamedTuple):
    """A level `U0` (most urgent) to `U4`, and the codes of what carries it.

    `reasons` names only what reaches this level by itself: `type:<incident type>` first, then
    `fact:<stated fact>` in the order of the list. There is always at least one.
    """

    level: Level
    reasons: tuple[str, ...]


def urgency(incident_type: str, facts: Collection[str]) -> Urgency:
    """The most urgent among the default of the type and the facts stated.

    A fact can make a report more urgent and never less: lowering is a person's decision, made
    with a reason. The order and repetition of `facts` make no difference. Raises UnknownCodeError.
    """
    kind = find(incident_types(), incident_type)
    for fact in facts:
        find(stated_facts(), fact)
    grounds: list[tuple[str, Level]] = [(f"type:{kind.code}", kind.default_urgency)]
    grounds += [
        (f"fact:{fact.code}", fact.raises_to) for fact in stated_facts() if fact.code in facts
    ]
    level = min(ground_level for _, ground_level in grounds)
    return Urgency(level, tuple(code for code, reached in grounds if reached == level))
