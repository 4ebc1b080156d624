# SPDX-License-Identifier: Apache-2.0
"""The living style page for staff."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def style(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    return render(request, "ui/style.html")
