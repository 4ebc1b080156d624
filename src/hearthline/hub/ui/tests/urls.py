# SPDX-License-Identifier: Apache-2.0
"""The room's own routes, so that its tests need no room of a floor above."""

from django.urls import path

from hearthline.hub.ui import desk, public

urlpatterns = [
    path("leave/", public.leave, name="leave"),
    path("language/", public.set_language, name="set_language"),
    path("style/", desk.style, name="style"),
]
