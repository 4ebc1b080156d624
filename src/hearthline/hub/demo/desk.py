# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from hearthline.hub.demo import pages

urlpatterns = [
    path("", pages.demo, name="demo"),
    path("sign-in/<slug:who>/", pages.sign_in, name="demo_sign_in"),
    path("inbox/", pages.inbox, name="demo_inbox"),
    path("inbox/<slug:name>/", pages.letter, name="demo_mail"),
    path("pages/", pages.host_pages, name="demo_pages"),
]
