# SPDX-License-Identifier: Apache-2.0
"""`/c/exchanges`: the lists that are fetched, and how each stands. They are set up in a file."""

from typing import Any

from hearthline.matcher.exchanges import ConfigurationRefused, Standing, standings
from hearthline.matcher.feeds import configured, states
from hearthline.matcher.web import Answer, Call, Refusal

KINDS = ("file", "threat_exchange", "ncmec", "stop_ncii")


async def exchanges(call: Call) -> Answer:
    """GET: the names of all exchanges."""
    return Answer.json([one.name for one in await _standings(call)])


async def kinds(call: Call) -> Answer:
    """GET: the kinds of exchanges there are."""
    return Answer.json(list(KINDS))


async def show(call: Call) -> Answer:
    """GET: one exchange, without its credentials."""
    one = await _standing(call)
    return Answer.json(
        {"name": one.name, "api": one.kind, "enabled": one.enabled, "bank": one.bank}
    )


async def status(call: Call) -> Answer:
    """GET: how the last fetch went."""
    one = await _standing(call)
    attempt, success = one.status.last_attempt, one.status.last_success
    told: dict[str, Any] = {
        "last_fetch_time": int(attempt.timestamp()) if attempt else 0,
        "checkpoint_time": int(success.timestamp()) if success else 0,
        "success": not one.status.problem,
        "entries": one.status.entries,
        "counts": one.status.counts,
        "problem": one.status.problem,
        "problem_code": one.status.problem_code,
        "quarantined": len(one.status.quarantined),
        "gaps": len(one.status.gaps),
        "due": int(one.due.timestamp()) if one.due else 0,
    }
    return Answer.json(told)


async def _standing(call: Call) -> Standing:
    name = call.names["exchange_name"]
    for one in await _standings(call):
        if one.name == name:
            return one
    raise Refusal(404, "no_such_exchange", f"Exchange '{name[:64]}' not found")


async def _standings(call: Call) -> tuple[Standing, ...]:
    folder = call.service.folder

    def read() -> tuple[Standing, ...]:
        try:
            configuration = configured(folder)
        except ConfigurationRefused as fault:
            raise Refusal(500, "exchanges_refused", str(fault)) from None
        return () if configuration is None else standings(configuration, states(folder))

    return await call.service.recognition.aside(read)
