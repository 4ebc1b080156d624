# SPDX-License-Identifier: Apache-2.0
"""Plain builders for tests."""

from datetime import datetime
from typing import Any

from hearthline.hub.accounts.models import User
from hearthline.hub.evidence.actions import Capture, seal
from hearthline.hub.evidence.models import Exhibit


def make_capture(**facts: Any) -> Capture:
    """A whole capture of an invented page; `facts` replace parts of it."""
    whole = {
        "raw": "HTTP://Pictures.example.org/a?utm_source=x",
        "canonical": "http://pictures.example.org/a?utm_source=x",
        "dns": ("A 192.0.2.7",),
        "ips": ("192.0.2.7",),
        "tls": ("subject CN=pictures.example.org",),
        "http": ("HTTP/1.1 200", "server: example"),
        "sha256": "AB" * 32,
        "note": "Seen in an album of the example site.",
    }
    return Capture(**(whole | facts))


def make_exhibit(*, by: User, at: datetime, **facts: Any) -> Exhibit:
    """A sealed exhibit."""
    record = make_capture(**facts).as_record()
    return seal(record=record, captured_at=at, time_source="analyst", by=by, at=at)
