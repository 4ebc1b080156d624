# SPDX-License-Identifier: Apache-2.0
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from hearthline.hub.accounts.doors import public
from hearthline.hub.directory.hours import in_words
from hearthline.hub.directory.models import helplines_for
from hearthline.hub.directory.removal import removal_for


@public
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Who can help now: lines to call, those for children first, since they need it most."""
    lines = helplines_for(
        language=get_language() or settings.LANGUAGE_CODE, child=True, at=timezone.now()
    )
    cards = [{"line": line, "hours": in_words(line.hours)} for line in lines]
    context = {
        "cards": cards,
        "young": removal_for("under_18", child=True),
        "grown": removal_for("adult", child=True),
    }
    return render(request, "directory/help.html", context)


urlpatterns = [path("help/", help_page, name="help")]
