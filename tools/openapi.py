# SPDX-License-Identifier: Apache-2.0
"""Writes the documents of the partners' and the providers' interface. Tests hold them."""

import json
import os
from importlib import import_module
from pathlib import Path

import django

DOCS = Path(__file__).resolve().parents[1] / "docs"
DOCUMENTS = {
    "openapi.json": "hearthline.hub.reports.api",
    "openapi-providers.json": "hearthline.hub.notices.api",
}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "hearthline.hub.config.settings"
    os.environ.setdefault("HEARTHLINE_SECRET_KEY", "no key is used here")
    django.setup()
    for name, module in DOCUMENTS.items():
        document = import_module(module).openapi_document()
        text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
        (DOCS / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
