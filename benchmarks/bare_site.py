# SPDX-License-Identifier: Apache-2.0
"""The least a durable form can do: one view that inserts what was sent as one row."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from hearthline.hub.reports.models import Draft


def insert(request: HttpRequest) -> HttpResponse:
    Draft.objects.create(answers=request.body, expires_at=timezone.now())
    return HttpResponse("kept")


urlpatterns = [path("", insert)]
