# SPDX-License-Identifier: Apache-2.0
"""What every template may count on, whatever the door."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi


class MayNothing:
    """The permissions of somebody who is not signed in: every question is answered no."""

    def __getattr__(self, name: str) -> bool:
        # Templates ask an object for `__iter__` and the like; those it truly does not have.
        if name.startswith("_"):
            raise AttributeError(name)
        return False


def face(request: HttpRequest) -> dict[str, Any]:
    """Names for the base pages: the country's pack, the languages, the door, the permissions.

    `languages` is a list of `{"code", "name", "current"}` with each name in its own language;
    `may.<permission>` is true or false and never an error; `direction` is "ltr" or "rtl".
    """
    pack = settings.PACK
    current = get_language() or settings.LANGUAGE_CODE
    user = getattr(request, "user", None)
    return {
        "pack": pack,
        "service_name": pack.country.service_name,
        "emergency": pack.emergency,
        "languages": [
            {"code": code, "name": name, "current": code == current}
            for code, name in settings.LANGUAGES
        ],
        "language": current,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "door": settings.DOOR,
        "demo": settings.DEMO,
        "public_url": settings.PUBLIC_URL,
        "desk_url": settings.DESK_URL,
        "partners_url": settings.PARTNERS_URL,
        "may": getattr(user, "may", None) or MayNothing(),
    }
