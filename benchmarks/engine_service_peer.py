# SPDX-License-Identifier: Apache-2.0
"""The thinnest service around threatexchange's PDQIndex, to be run by gunicorn.

    SERVICE_KNOWN=known.npy gunicorn --preload benchmarks.engine_service_peer:app

No keys, no banks, no counting: nothing but the index and its hasher behind three routes.
"""

import os
import warnings

import numpy as np
from flask import Flask, request

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from threatexchange.signal_type.pdq.pdq_index import PDQIndex
    from threatexchange.signal_type.pdq.signal import PdqSignal

known = np.load(os.environ["SERVICE_KNOWN"])
index = PDQIndex.build((row.tobytes().hex(), place) for place, row in enumerate(known))
app = Flask(__name__)


def found(signal: str) -> list[dict[str, object]]:
    return [
        {"bank_content_id": each.metadata, "distance": each.similarity_info.pretty_str()}
        for each in index.query(signal)
    ]


@app.get("/status")
def status() -> str:
    return "I-AM-ALIVE"


@app.get("/m/lookup")
def lookup() -> dict[str, object]:
    return {"KNOWN": found(request.args["signal"])}


@app.post("/batch")
def batch() -> dict[str, object]:
    asked = request.get_json()["hashes"]
    known_of = ((place, found(signal)) for place, signal in enumerate(asked))
    return {"known": [{"query": place, "matches": near} for place, near in known_of if near]}


@app.post("/m/lookup")
def lookup_file() -> dict[str, object]:
    signal = PdqSignal.hash_from_bytes(request.files["photo"].stream.read())
    return {"pdq": {"KNOWN": found(signal) if signal else []}}
