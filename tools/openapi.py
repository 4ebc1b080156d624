# SPDX-License-Identifier: Apache-2.0
"""Writes docs/openapi.json, the document of the partners' interface. A test holds it."""

import json
import os
from importlib import import_module
from pathlib import Path

import django

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "hearthline.hub.config.settings"
    os.environ.setdefault("HEARTHLINE_SECRET_KEY", "no key is used here")
    django.setup()
    document = import_module("hearthline.hub.reports.api").openapi_document()
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    DOCUMENT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
