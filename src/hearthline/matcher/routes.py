# SPDX-License-Identifier: Apache-2.0
"""Every call the service answers: the whole interface on one page."""

from functools import cache

from hearthline.matcher import metrics, openapi
from hearthline.matcher.hma import banks, content, exchanges, hashing, matching, status
from hearthline.matcher.keys import Scope
from hearthline.matcher.v1 import files, lookup, matches, shapes
from hearthline.matcher.web import (
    FORM,
    JSON,
    OCTETS,
    Answer,
    Call,
    Form,
    Parameter,
    Route,
    Routes,
    as_json,
)

_HASH, _MATCH = frozenset({Scope.HASH}), frozenset({Scope.MATCH})
_BOTH = _HASH | _MATCH
_CURATE, _ADMIN = frozenset({Scope.CURATE}), frozenset({Scope.ADMIN})
_SEE = frozenset({Scope.MATCH, Scope.CURATE, Scope.ADMIN})
_FORM = (FORM,)
_FILE = (OCTETS, "image/*", "video/*", *_FORM)

_URL = Parameter("url", "Address of the file, at a host the operator allowed")
_CONTENT_TYPE = Parameter("content_type", "photo or video, where the server does not tell")
_TYPES = Parameter("types", "Signal types wanted, with commas between")
_BANKS = Parameter("banks", "Only these banks, with commas between")
_SEED = Parameter("seed", "Same draw for the same seed, for banks tried on a share")
_BYPASS = Parameter("bypass_coinflip", "Also banks tried on a share", kind="boolean")
_SIGNAL = Parameter("signal", "The hash in hexadecimal digits")
_TYPE = Parameter("signal_type", "pdq, video_md5, md5, sha1 or sha256")
_REFERENCE = Parameter("reference", "Your name for this, which a webhook leads to")


def _hma(method: str, path: str, endpoint: object, summary: str, **more: object) -> Route:
    return Route(method, path, endpoint, summary, form=Form.MESSAGE, **more)  # type: ignore[arg-type]


HMA = (
    _hma("GET", "/m/lookup", matching.lookup, "Banks that know a signal, or the file at url",
         scopes=_MATCH, group="Matching",
         parameters=(_SIGNAL, _TYPE, _URL, _CONTENT_TYPE, _TYPES, _BANKS, _SEED, _BYPASS)),
    _hma("GET", "/m/raw_lookup", matching.raw_lookup, "Items near a signal, paused or not",
         scopes=_MATCH, group="Matching",
         parameters=(Parameter("signal", _SIGNAL.text, True),
                     Parameter("signal_type", _TYPE.text, True), _BANKS,
                     Parameter("include_distance", "Tell distances", kind="boolean"))),
    _hma("POST", "/m/lookup", matching.lookup_file, "Banks that know a file",
         scopes=_BOTH, group="Matching", takes=_FORM,
         parameters=(_TYPES, _BANKS, _SEED, _BYPASS)),
    _hma("POST", "/m/compare", matching.compare, "Two signals compared, for each type",
         scopes=_MATCH, group="Matching", takes=(JSON,)),
    _hma("GET", "/m/index/status", matching.index_status, "Size and age of each index",
         any_of=_SEE, group="Matching", parameters=(_TYPE,)),
    _hma("GET", "/h/hash", hashing.hash_address, "Signals of the file at url",
         scopes=_HASH, group="Hashing",
         parameters=(Parameter("url", _URL.text, True), _CONTENT_TYPE, _TYPES)),
    _hma("POST", "/h/hash", hashing.hash_file, "Signals of a file",
         scopes=_HASH, group="Hashing", takes=_FORM, parameters=(_TYPES,)),
    _hma("GET", "/c/banks", banks.banks, "All banks", any_of=_SEE, group="Banks"),
    _hma("POST", "/c/banks", banks.create, "A new bank",
         scopes=_ADMIN, group="Banks", takes=(JSON,), status=201),
    _hma("GET", "/c/bank/{bank_name}", banks.show, "One bank", any_of=_SEE, group="Banks"),
    _hma("PUT", "/c/bank/{bank_name}", banks.update, "Change name or share of a bank",
         scopes=_ADMIN, group="Banks", takes=(JSON,)),
    _hma("DELETE", "/c/bank/{bank_name}", banks.delete, "Take a bank out of use",
         scopes=_ADMIN, group="Banks"),
    _hma("POST", "/c/bank/{bank_name}/content", content.add_file, "Add the signals of a file",
         scopes=_CURATE, group="Content", takes=(*_FORM, JSON),
         parameters=(_URL, _CONTENT_TYPE, _TYPES)),
    _hma("POST", "/c/bank/{bank_name}/signal", content.add_signals, "Add signals",
         scopes=_CURATE, group="Content", takes=(JSON,)),
    _hma("GET", "/c/bank/{bank_name}/content/{content_id}", content.show, "One content",
         any_of=_SEE, group="Content",
         parameters=(Parameter("include_signals", "Tell its signals too", kind="boolean"),)),
    _hma("PUT", "/c/bank/{bank_name}/content/{content_id}", content.update, "Pause a content",
         scopes=_CURATE, group="Content", takes=(JSON,)),
    _hma("DELETE", "/c/bank/{bank_name}/content/{content_id}", content.delete,
         "Remove a content", scopes=_CURATE, group="Content"),
    _hma("GET", "/c/signal_type", banks.signal_types, "Types of signals",
         any_of=_SEE, group="Types"),
    _hma("GET", "/c/signal_types", banks.signal_types, "Types of signals",
         any_of=_SEE, group="Types"),
    _hma("GET", "/c/signal_type/index", banks.signal_type_index, "Ledgers and indexes",
         any_of=_SEE, group="Types", parameters=(_TYPE,)),
    _hma("GET", "/c/content_type", banks.content_types, "Types of files",
         any_of=_SEE, group="Types"),
    _hma("GET", "/c/content_types", banks.content_types, "Types of files",
         any_of=_SEE, group="Types"),
    _hma("GET", "/c/exchanges", exchanges.exchanges, "Names of exchanges",
         scopes=_ADMIN, group="Exchanges"),
    _hma("GET", "/c/exchanges/apis", exchanges.kinds, "Kinds of exchanges",
         scopes=_ADMIN, group="Exchanges"),
    _hma("GET", "/c/exchange/{exchange_name}", exchanges.show, "One exchange",
         scopes=_ADMIN, group="Exchanges"),
    _hma("GET", "/c/exchange/{exchange_name}/status", exchanges.status, "How an exchange stands",
         scopes=_ADMIN, group="Exchanges"),
    _hma("GET", "/status", status.status, "Ready to be asked",
         open=True, group="Status", gives_type="text/plain"),
    _hma("GET", "/status/live", status.live, "The process answers",
         open=True, group="Status", gives_type="text/plain"),
    _hma("GET", "/livez", status.live, "The process answers",
         open=True, group="Status", gives_type="text/plain"),
    _hma("GET", "/readyz", status.ready, "Ready to be asked",
         open=True, group="Status", gives_type="text/plain"),
)  # fmt: skip

V1 = (
    Route("POST", "/v1/lookup", lookup.lookup, "What is known of up to 10,000 hashes",
          scopes=_MATCH, group="Batch", takes=(JSON, OCTETS), accepts=shapes.Asked,
          gives=shapes.Answers,
          parameters=(Parameter("kind", "With bare bytes: pdq, md5, sha1 or sha256"),
                      _BANKS, _SEED, _REFERENCE)),
    Route("POST", "/v1/hash", files.hash_only, "All hashes of a file",
          scopes=_HASH, group="Files", takes=_FILE, gives=shapes.Hashes,
          parameters=(Parameter("fast", "Within 4 bits of the exact hash", kind="boolean"),)),
    Route("POST", "/v1/hash-and-match", files.hash_and_match, "Hashes of a file and their matches",
          scopes=_BOTH, group="Files", takes=_FILE, gives=shapes.HashesAndMatches,
          parameters=(Parameter("dihedral", "Also turned and mirrored", kind="boolean"),
                      Parameter("negative", "Also as a negative", kind="boolean"),
                      Parameter("fast", "Within 4 bits of the exact hash", kind="boolean"),
                      _BANKS, _SEED, _REFERENCE)),
    Route("GET", "/v1/matches/{id}", matches.show, "What a webhook leads to",
          scopes=_MATCH, group="Webhooks", gives=shapes.Announced),
)  # fmt: skip


async def read_metrics(_call: Call) -> Answer:
    """GET: counters for Prometheus."""
    kind, text = metrics.exposition()
    return Answer(text, 200, kind)


async def site_map(_call: Call) -> Answer:
    """GET: every path."""
    return Answer.json(sorted({status.in_site_map(route.path) for route in ROUTES.all}))


async def document(_call: Call) -> Answer:
    """GET: the OpenAPI document."""
    return Answer(_document())


@cache
def _document() -> bytes:
    return as_json(openapi.document(ROUTES))


ROUTES = Routes(
    (
        *HMA,
        *V1,
        Route("GET", "/metrics", read_metrics, "Counters for Prometheus",
              scopes=frozenset({Scope.METRICS}), group="Status", gives_type="text/plain"),
        Route("GET", "/site-map", site_map, "Every path", open=True, group="Status"),
        Route("GET", "/openapi.json", document, "This document", open=True, group="Status"),
    )
)  # fmt: skip
