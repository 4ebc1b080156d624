# SPDX-License-Identifier: Apache-2.0
"""Kills one program at a moment of its work, and starts it again as a supervisor would."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from hearthline.hub.config.tests.postgres import Cluster
from hearthline.hub.demo.world import World

STEPS = ("told", "sent", "claimed", "assessed", "confirmed", "police_look")
# A server is killed while its own pages are used; the worker works all the time.
AT = {
    "public": ("told", "sent"),
    "desk": ("claimed", "assessed", "confirmed"),
    "worker": ("sent", "claimed", "assessed", "confirmed", "police_look"),
    "database": ("sent", "claimed", "assessed", "confirmed", "police_look"),
}
WEIGHTS = {"worker": 3, "public": 2, "desk": 2, "database": 2}
LATEST = 0.35


@dataclass(frozen=True)
class Plan:
    """`part` is killed `after` seconds from the beginning of `step`."""

    part: str
    step: str
    after: float

    @classmethod
    def drawn(cls, chance: random.Random, *, database: bool) -> "Plan":
        """A plan by chance; `database` where there is a database server to kill."""
        weights = {part: n for part, n in WEIGHTS.items() if database or part != "database"}
        part = chance.choices(list(weights), list(weights.values()))[0]
        return cls(part, chance.choice(AT[part]), chance.uniform(0, LATEST))


@dataclass
class Killer:
    """One kill of a part at a time; what is killed is up again before its next."""

    world: World
    cluster: Cluster | None
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
                if part == "database":
                    self._kill_database()
                    return
                self.world.kill(part)
                self.kills[part] += 1
                self.world.start(part)
                if part == "worker":
                    time.sleep(0.5)
            except Exception as error:
                self.errors.append(f"{part}: {type(error).__name__}: {error}")

    def _kill_database(self) -> None:
        assert self.cluster is not None
        self.cluster.kill()
        self.kills["database"] += 1
        self.cluster.start()
