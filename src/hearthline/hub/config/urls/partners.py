# SPDX-License-Identifier: Apache-2.0
"""The partners' door: police units pick up packages, partners' programs send reports."""

from django.conf import settings
from django.urls import include, path

from hearthline.hub.accounts.doors import public
from hearthline.hub.ui import public as ui

handler500 = "hearthline.hub.ui.outage.trouble"

urlpatterns = [
    path("", include("hearthline.hub.config.health")),
    path("", include("hearthline.hub.referrals.partners")),
    path("", include("hearthline.hub.notices.partners")),
    path("api/notices/", include("hearthline.hub.notices.api")),
    path("api/", include("hearthline.hub.reports.api")),
    path("blocklist/", include("hearthline.hub.blocklists.partners")),
    path("language/", public(ui.set_language), name="set_language"),
    path("account/", include("hearthline.hub.accounts.sign_in")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("hearthline.hub.demo.partners")))
