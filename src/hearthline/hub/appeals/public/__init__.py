# SPDX-License-Identifier: Apache-2.0
"""What anybody may see and do: the stop page, an appeal and its decision, the reports."""

from django.urls import path

from hearthline.hub.appeals.public.appealing import appeal, decision
from hearthline.hub.appeals.public.stop_page import stopped
from hearthline.hub.appeals.public.transparency import blocking, blocking_report

urlpatterns = [
    path("appeal/", appeal, name="appeal"),
    path("appeal/decision/", decision, name="appeal_decision"),
    path("stopped/", stopped, name="stopped"),
    path("blocking/", blocking, name="blocking"),
    path("blocking/<slug:period>.json", blocking_report, name="blocking_report"),
]
