# SPDX-License-Identifier: Apache-2.0
"""`GET /v1/matches/ID`: what a webhook's link tells."""

from hearthline.matcher.web import Answer, Call, Refusal


async def show(call: Call) -> Answer:
    """GET: what was found; banks, entries and distances, not what was asked for."""
    name = call.names["id"]
    announcing = call.service.announcing
    found = await call.service.recognition.aside(lambda: announcing.found(name))
    if found is None:
        raise Refusal(404, "not_found", "no match has this id, or it is no longer kept")
    return Answer.json(found)
