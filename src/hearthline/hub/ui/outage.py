# SPDX-License-Identifier: Apache-2.0
"""The answer when we cannot answer: a page that needs neither database nor session."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

RETRY_SECONDS = 20


def trouble(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: "wait a minute" while the database is away, else "our mistake".

    Sending a form again is safe at every door, so that is what the first page asks for.
    """
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        waiting = HttpResponse(loader.render_to_string("503.html"), status=503)
        waiting["Retry-After"] = str(RETRY_SECONDS)
        return waiting
    return HttpResponse(loader.render_to_string("500.html"), status=500)
