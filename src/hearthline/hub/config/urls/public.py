# SPDX-License-Identifier: Apache-2.0
"""The public door: no account, no session, no key that reads."""

from django.conf import settings
from django.urls import include, path

from hearthline.hub.accounts.doors import public
from hearthline.hub.ui import public as ui

handler500 = "hearthline.hub.ui.outage.trouble"

urlpatterns = [
    path("", include("hearthline.hub.config.health")),
    path("", include("hearthline.hub.config.security_txt")),
    path("", include("hearthline.hub.reports.public")),
    path("", include("hearthline.hub.directory.public")),
    path("", include("hearthline.hub.statistics.public")),
    path("", include("hearthline.hub.complaints.public")),
    path("", include("hearthline.hub.appeals.public")),
    path("language/", public(ui.set_language), name="set_language"),
    path("leave/", public(ui.leave), name="leave"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("hearthline.hub.demo.public")))
