# SPDX-License-Identifier: Apache-2.0
"""The WSGI application of one door; HEARTHLINE_DOOR says which."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearthline.hub.config.settings")

application = get_wsgi_application()
