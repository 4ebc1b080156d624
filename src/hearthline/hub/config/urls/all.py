# SPDX-License-Identifier: Apache-2.0
"""Every route under a prefix of its door, for tests and management commands; never served."""

from django.urls import include, path

handler500 = "hearthline.hub.ui.outage.trouble"

urlpatterns = [
    path("public/", include("hearthline.hub.config.urls.public")),
    path("desk/", include("hearthline.hub.config.urls.desk")),
    path("partners/", include("hearthline.hub.config.urls.partners")),
]
