# SPDX-License-Identifier: Apache-2.0
"""The WSGI application of one door; HEARTHLINE_DOOR says which."""

import os
from collections.abc import Callable, Iterable
from email.message import Message
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearthline.hub.config.settings")

Start = Callable[..., Any]

_site = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """The site, spared requests whose character set is none.

    Django raises on those while it makes the request, before any middleware could answer.
    """
    if _is_text(environ.get("CONTENT_TYPE", "")):
        return _site(environ, start_response)
    start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return [b""]


def _is_text(content_type: str) -> bool:
    header = Message()
    header["Content-Type"] = content_type.replace("\r", "").replace("\n", "")
    charset = header.get_param("charset")
    if charset is None:
        return True
    try:
        # Codecs such as "hex" and "zip" turn bytes into bytes and are no character sets.
        "a".encode(str(charset))
    except (LookupError, ValueError):
        return False
    return True
