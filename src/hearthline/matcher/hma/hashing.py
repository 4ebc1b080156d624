# SPDX-License-Identifier: Apache-2.0
"""`/h/hash`: a file, or an address on the allow-list, to its signals."""

from dataclasses import dataclass

from hearthline.matcher import metrics
from hearthline.matcher.hma.kinds import SIGNAL_TYPES, signal_of, wanted_signals
from hearthline.matcher.recognition import Hashed
from hearthline.matcher.web import Answer, Call, Refusal


@dataclass(frozen=True, slots=True)
class Signals:
    """A hashed file and its signals by name; a signal is empty where there is too little to see."""

    hashed: Hashed
    named: dict[str, str]


async def hash_file(call: Call) -> Answer:
    """POST: the one file of a form, whose field names its content type."""
    return Answer.json((await signals_of_file(call)).named)


async def hash_address(call: Call) -> Answer:
    """GET: the file at `url`."""
    return Answer.json((await signals_of_address(call)).named)


async def signals_of_file(call: Call) -> Signals:
    """The signals of the one file of a form. Raises Refusal."""
    files = call.files
    if not files:
        raise Refusal(400, "no_file", "Missing multipart/form-data file upload")
    if len(files) > 1:
        raise Refusal(400, "too_many_files", "Only one file allowed per request")
    return await _signals(call, files[0].content, wanted_signals(call, files[0].name))


async def signals_of_address(call: Call) -> Signals:
    """The signals of the file at `url`. Raises Refusal."""
    url = call.required("url")
    service = call.service
    fetched = await service.recognition.fetched(lambda: service.fetcher.fetch(url))
    content_type = call.query.get("content_type") or {
        "image": "photo",
        "video": "video",
    }.get(fetched.type.partition("/")[0], "")
    if not content_type:
        raise Refusal(
            400, "content_type_missing", "the address tells no picture or video; say content_type"
        )
    return await _signals(call, fetched.content, wanted_signals(call, content_type))


async def _signals(call: Call, content: bytes, names: tuple[str, ...]) -> Signals:
    kinds = {SIGNAL_TYPES[name] for name in names}
    hashed = await call.service.recognition.hashed(content, kinds)
    metrics.FILES.labels(hashed.outcome).inc()
    return Signals(hashed, {name: signal_of(hashed, name) for name in names})
