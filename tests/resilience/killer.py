# SPDX-License-Identifier: Apache-2.0
"""Kills one program at a moment of its work, and starts it again as a supervisor would."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from hearthline.hub.demo.world import World

STEPS = ("told", "sent", "claimed", "assessed", "confirmed", "police_look")
# A server is killed while its own pages are used; the worker works all the time.
AT = {
    "public": ("told", "sent"),
    "desk": ("claimed", "assessed", "confirmed"),
    "worker": ("sent", "claimed", "assessed", "confirmed", "police_look"),
}
WEIGHTS = {"worker": 3, "public": 2, "desk": 2}
LATEST = 0.35


@dataclass(frozen=True)
class Plan:
    """`part` is killed `after` seconds from the beginning of `step`."""

    part: str
    step: str
    after: float

    @classmethod
    def drawn(cls, chance: random.Random) -> "Plan":
        part = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        return cls(part, chance.choice(AT[part]), chance.uniform(0, LATEST))


@dataclass
class Killer:
    """One kill of a part at a time; what is killed is up again before its next."""

    world: World
    kills: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    _turns: dict[str, threading.Lock] = field(
        default_factory=lambda: {part: threading.Lock() for part in AT}
    )
    _timers: list[threading.Timer] = field(default_factory=list)

    def follow(self, plan: Plan) -> None:
        """Kill as planned, later, beside whatever the caller does."""
        timer = threading.Timer(plan.after, self._kill, [plan.part])
        self._timers.append(timer)
        timer.start()

    def wait(self) -> None:
        """Until every kill has happened and everything is up."""
        for timer in list(self._timers):
            timer.join()

    def _kill(self, part: str) -> None:
        with self._turns[part]:
            try:
                self.world.kill(part)
                self.kills[part] += 1
                self.world.start(part)
                if part == "worker":
                    time.sleep(0.5)
            except Exception as error:
                self.errors.append(f"{part}: {type(error).__name__}: {error}")
