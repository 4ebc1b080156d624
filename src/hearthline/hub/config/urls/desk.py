# SPDX-License-Identifier: Apache-2.0
"""The desk door: staff of the hotline, statisticians, oversight, administrators."""

from django.conf import settings
from django.urls import include, path

from hearthline.hub.accounts.doors import public, requires
from hearthline.hub.accounts.permissions import Permission
from hearthline.hub.ui import desk as ui
from hearthline.hub.ui import public as ui_public

handler500 = "hearthline.hub.ui.outage.trouble"

urlpatterns = [
    path("", include("hearthline.hub.config.health")),
    path("", include("hearthline.hub.cases.desk")),
    path("notices/", include("hearthline.hub.notices.desk")),
    path("notices/", include("hearthline.hub.notices.desk_providers")),
    path("blocklist/", include("hearthline.hub.blocklists.desk")),
    path("blocklist/networks/", include("hearthline.hub.blocklists.desk_networks")),
    path("referrals/", include("hearthline.hub.referrals.desk")),
    path("referrals/", include("hearthline.hub.referrals.desk_abroad")),
    path("complaints/", include("hearthline.hub.complaints.desk")),
    path("appeals/", include("hearthline.hub.appeals.desk")),
    path("exercises/", include("hearthline.hub.drills.desk")),
    path("directory/", include("hearthline.hub.directory.desk")),
    path("directory/", include("hearthline.hub.directory.desk_keys")),
    path("directory/", include("hearthline.hub.directory.desk_second")),
    path("care/", include("hearthline.hub.care.desk")),
    path("figures/", include("hearthline.hub.statistics.desk")),
    path("audit/", include("hearthline.hub.accounts.oversight")),
    path("staff/", include("hearthline.hub.accounts.desk")),
    path("style/", requires(Permission.UI_STYLE_READ)(ui.style), name="style"),
    path("language/", public(ui_public.set_language), name="set_language"),
    path("account/", include("hearthline.hub.accounts.sign_in")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("hearthline.hub.demo.desk")))
